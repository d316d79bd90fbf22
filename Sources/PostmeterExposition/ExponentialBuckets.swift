import PostmeterModel

/// Exponential histograms as histograms with bounds at powers of two, which is all that these formats can
/// say.
///
/// The bounds are those of scale 0, or of the point's own scale when that is coarser; buckets of finer scales
/// nest in them, so every cumulative count is exact. They reach from the lower bound of the lowest bucket to
/// the upper bound of the highest one, without a gap, so there are at most four more of them than the point
/// has buckets; below them stand 0, when there are values that are not positive, and the powers of two of the
/// negative values. A histogram that grows at an end gets more buckets. A negative value that is a power of
/// two counts above the bound that it equals, as it does in its point.
struct ExponentialBuckets {
    /// The finite bounds, ascending.
    let bounds: [Double]
    /// One count, not cumulative, more than there are bounds.
    let counts: [UInt64]

    /// The exponents of the finite powers of two.
    private static let exponents = -1_074...1_023

    /// The buckets of a point.
    init(_ point: ExponentialPoint) {
        var bounds: [Double] = []
        var counts: [UInt64] = []
        let negative = Self.coarse(point.negative, scale: point.scale)
        for (place, count) in negative.counts.enumerated().reversed() {
            Self.add(count, upTo: 0 - Self.power(negative.first + place * negative.step), &bounds, &counts)
        }
        if point.zeroCount > 0 || !negative.counts.isEmpty {
            Self.add(point.zeroCount, upTo: 0, &bounds, &counts)
        }
        let positive = Self.coarse(point.positive, scale: point.scale)
        var above: UInt64 = 0
        if !positive.counts.isEmpty { Self.add(0, upTo: Self.power(positive.first), &bounds, &counts) }
        for (place, count) in positive.counts.enumerated() {
            let bound = Self.power(positive.first + (place + 1) * positive.step)
            if bound.isFinite { Self.add(count, upTo: bound, &bounds, &counts) } else { above &+= count }
        }
        counts.append(above)
        self.bounds = bounds
        self.counts = counts
    }

    /// Appends a bucket; one whose bound is that of the last is added to it.
    private static func add(
        _ count: UInt64,
        upTo bound: Double,
        _ bounds: inout [Double],
        _ counts: inout [UInt64]
    ) {
        if bounds.last == bound {
            counts[counts.count - 1] &+= count
        } else {
            bounds.append(bound)
            counts.append(count)
        }
    }

    /// Buckets at scale 0 or coarser: the exponent of the lower bound of the first, how many powers of two
    /// each spans, and what they hold.
    private static func coarse(
        _ buckets: ExponentialPoint.Buckets,
        scale: Int32
    ) -> (first: Int, step: Int, counts: [UInt64]) {
        // Beyond 11 a single bucket spans all doubles.
        let step = scale < 0 ? 1 << min(-Int(scale), 11) : 1
        let shift = max(0, min(Int(scale), 62))
        let first = Int(buckets.offset) >> shift
        var counts: [UInt64] = []
        for (place, count) in buckets.counts.enumerated() {
            let index = (Int(buckets.offset) + place) >> shift - first
            if index == counts.count { counts.append(0) }
            counts[index] &+= count
        }
        return (first * step, step, counts)
    }

    /// A power of two; infinity above all doubles, 0 below them.
    private static func power(_ exponent: Int) -> Double {
        if exponent > exponents.upperBound { return .infinity }
        return exponent < exponents.lowerBound ? 0 : Double(sign: .plus, exponent: exponent, significand: 1)
    }
}
