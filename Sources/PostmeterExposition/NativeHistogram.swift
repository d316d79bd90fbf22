import PostmeterModel

/// An exponential histogram as Prometheus' native histograms have it.
///
/// Bucket `i` of schema `s` holds the values up to `2^(i * 2^-s)`, where OpenTelemetry's bucket of that upper
/// bound is `i - 1`. Schemas end at 8, so that finer points are made coarser, two buckets becoming one with each
/// step, and begin at -4; there is none for a coarser point.
/// Source: Prometheus documentation, "Native Histograms", sections "Schema" and "Spans".
struct NativeHistogram {
    /// Buckets in a row.
    struct Span: Equatable {
        /// The index of the first in the first span, and the buckets left out before it in the others.
        var offset: Int32
        var length: UInt32
    }

    /// The buckets of one sign.
    struct Buckets: Equatable {
        var spans: [Span] = []
        /// What each bucket counts, less what the one before it does.
        var deltas: [Int64] = []
    }

    /// The width of the zero bucket, 2^-128: a bound of every schema.
    ///
    /// It is not 0, by which Prometheus would take a histogram without values for a classic one.
    static let zeroThreshold = Double(sign: .plus, exponent: -128, significand: 1)
    private static let schemas: ClosedRange<Int32> = -4...8
    /// Gaps up to this many buckets are written as empty ones, which takes less room than a span.
    private static let gap = 2

    let schema: Int32
    /// The values from `-zeroThreshold` to `zeroThreshold`.
    private(set) var zeroCount: UInt64
    private(set) var positive = Buckets()
    private(set) var negative = Buckets()

    /// Whether a point has a schema.
    static func canShow(_ point: ExponentialPoint) -> Bool {
        point.scale >= schemas.lowerBound
    }

    /// The histogram of a point, which must have a schema.
    init(_ point: ExponentialPoint) {
        schema = min(max(point.scale, Self.schemas.lowerBound), Self.schemas.upperBound)
        zeroCount = point.zeroCount
        let shift = max(0, Int(point.scale) - Int(schema))
        positive = buckets(point.positive, shift: shift)
        negative = buckets(point.negative, shift: shift)
    }

    /// Buckets of one sign; those below the threshold are added to the zero bucket.
    private mutating func buckets(_ source: ExponentialPoint.Buckets, shift: Int) -> Buckets {
        let lowest = schema >= 0 ? -128 << Int(schema) : -128 >> Int(-schema)
        var counts: [(index: Int, count: UInt64)] = []
        for (place, count) in source.counts.enumerated() where count > 0 {
            let index = (Int(source.offset) + place) >> min(shift, 62) + 1
            if index <= lowest {
                zeroCount &+= count
            } else if counts.last?.index == index {
                counts[counts.count - 1].count &+= count
            } else {
                counts.append((index, count))
            }
        }
        var buckets = Buckets()
        var next = 0
        var before: UInt64 = 0
        func add(_ count: UInt64) {
            buckets.deltas.append(Int64(bitPattern: count &- before))
            before = count
        }
        for (index, count) in counts {
            let gap = index - next
            if buckets.spans.isEmpty || gap > Self.gap {
                buckets.spans.append(Span(offset: Int32(clamping: gap), length: 1))
            } else {
                for _ in 0..<gap { add(0) }
                buckets.spans[buckets.spans.count - 1].length += UInt32(gap) + 1
            }
            add(count)
            next = index + 1
        }
        return buckets
    }
}
