import PostmeterModel

/// The value of one series at one instant.
enum SeriesValue: Sendable, Hashable {
    /// Of an integer sum or gauge.
    case integer(Int64)
    /// Of a floating sum or gauge.
    case double(Double)
    /// Of a histogram: one count a bucket, and the sum.
    case histogram(counts: ArraySlice<UInt64>, sum: Double)
    /// Of an exponential histogram.
    case exponential(ExponentialPoint)

    /// Whether nothing has been counted; a sum that is not zero does not matter without values.
    var isZero: Bool {
        switch self {
        case .integer(let value): value == 0
        case .double(let value): value == 0
        case .histogram(let counts, _): counts.allSatisfy { $0 == 0 }
        case .exponential(let point): point.count == 0
        }
    }

    /// The part that is a floating sum, whose differences have to be rounded; nil for integers.
    var sum: Double? {
        switch self {
        case .integer: nil
        case .double(let value): value
        case .histogram(_, let sum): sum
        case .exponential(let point): point.sum
        }
    }

    /// Both values in one series, as one point of a distribution or a sum.
    ///
    /// Exponential buckets are made coarser until they fit into `maxSize`.
    func adding(_ other: SeriesValue, maxSize: Int) -> SeriesValue {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): .integer(a &+ b)
        case (.double(let a), .double(let b)): .double(a + b)
        case (.histogram(let a, let aSum), .histogram(let b, let bSum)):
            .histogram(counts: ArraySlice(zip(a, b).map { $0 &+ $1 }), sum: aSum + bSum)
        case (.exponential(let a), .exponential(let b)): .exponential(a.adding(b, maxSize: maxSize))
        default: self
        }
    }
}

extension SeriesValues {
    /// The value of one of `series` series.
    func value(at index: Int, of series: Int) -> SeriesValue {
        switch self {
        case .integers(let list): return .integer(list[index])
        case .doubles(let list): return .double(list[index])
        case .histograms(let counts, let sums):
            let width = counts.count / max(1, series)
            return .histogram(counts: counts[(index * width)..<((index + 1) * width)], sum: sums[index])
        case .exponentials(let list): return .exponential(list[index])
        }
    }

    /// No values, of the same kind.
    var emptied: SeriesValues {
        switch self {
        case .integers: .integers([])
        case .doubles: .doubles([])
        case .histograms: .histograms(counts: [], sums: [])
        case .exponentials: .exponentials([])
        }
    }

    /// Appends the values of further series, which must be of the same kind.
    mutating func append(_ values: [SeriesValue]) {
        switch self {
        case .integers(var list):
            self = .integers([])  // so that the list is not copied
            for case .integer(let value) in values { list.append(value) }
            self = .integers(list)
        case .doubles(var list):
            self = .doubles([])
            for case .double(let value) in values { list.append(value) }
            self = .doubles(list)
        case .histograms(var counts, var sums):
            self = .histograms(counts: [], sums: [])
            for case .histogram(let own, let sum) in values {
                counts.append(contentsOf: own)
                sums.append(sum)
            }
            self = .histograms(counts: counts, sums: sums)
        case .exponentials(var list):
            self = .exponentials([])
            for case .exponential(let point) in values { list.append(point) }
            self = .exponentials(list)
        }
    }
}
