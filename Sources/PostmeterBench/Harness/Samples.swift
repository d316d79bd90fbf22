/// The figures of many runs of the same, and what else the machine did meanwhile.
struct Samples: Sendable {
    /// In ascending order.
    private let sorted: [Double]
    /// The share of the machine that other processes took; nil when the time was too short to tell.
    let foreign: Double?
    /// How often an operation asked for memory, after the first ones; nil where that was not counted.
    let allocations: Double?

    init(_ values: [Double], foreign: Double?, allocations: Double? = nil) {
        sorted = values.sorted()
        self.foreign = foreign
        self.allocations = allocations
    }

    var count: Int { sorted.count }
    var least: Double { sorted.first ?? .nan }
    var most: Double { sorted.last ?? .nan }
    var median: Double { quantile(0.5) }

    /// The value that this share of the runs does not pass.
    func quantile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}
