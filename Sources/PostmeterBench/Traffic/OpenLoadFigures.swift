/// The figures of the requests that were due within some time.
struct OpenLoadFigures: Sendable {
    let seconds: Double
    private let counts: [OpenLoadResult.Outcome: Int]
    /// In ascending order, in nanoseconds, of those that were accepted.
    private let latencies: [UInt64]
    private let services: [UInt64]

    init(_ requests: [OpenLoadResult.Request], seconds: Double) {
        self.seconds = seconds
        counts = requests.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
        let accepted = requests.filter { $0.outcome == .accepted }
        latencies = accepted.map(\.latency).sorted()
        services = accepted.map(\.service).sorted()
    }

    func count(_ outcome: OpenLoadResult.Outcome) -> Int {
        counts[outcome, default: 0]
    }

    func rate(_ outcome: OpenLoadResult.Outcome) -> Double {
        Double(count(outcome)) / seconds
    }

    /// Milliseconds from the time that a request was due to its answer, which this share does not pass.
    func latency(_ share: Double) -> Double { Self.quantile(share, of: latencies) }

    /// Milliseconds from the sending to the answer, which this share does not pass.
    func service(_ share: Double) -> Double { Self.quantile(share, of: services) }

    private static func quantile(_ share: Double, of sorted: [UInt64]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]) / 1e6
    }
}
