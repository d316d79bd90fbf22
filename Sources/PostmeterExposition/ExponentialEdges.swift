import PostmeterModel

/// The bounds at powers of two that the exponential histograms of one group have in common, which is all that
/// these formats can say of them.
///
/// All series have the same bounds, since `sum by (le)` adds what has one bound and knows nothing of a bound that
/// a series does not have. A bucket spans a power of two, or as many as it does in the coarsest of the points;
/// buckets of finer scales nest in it, so every cumulative count is exact. Without a gap the bounds reach around
/// the buckets of all points; below them stand 0, when a point has values that are not positive, and the powers of
/// two of the negative values. Where that would be more buckets of one sign than a point may have, they are made
/// coarser, as those of a point with all these values would be. A negative value that is a power of two counts
/// above the bound that it equals, as it does in its point.
struct ExponentialEdges {
    /// The finite bounds, ascending.
    private(set) var bounds: [Double] = []
    /// Whether a point has negative values.
    var hasNegative: Bool { !negative.isEmpty }

    /// A bucket spans two to this number powers of two.
    private let shift: Int
    private let low: (positive: Int, negative: Int)
    /// The places of the buckets, from the one nearest to 0 on; buckets at the edge of the doubles may share one.
    private var positive: [Int] = []
    private var negative: [Int] = []
    private var zero: Int?

    /// The exponents of the finite powers of two.
    private static let exponents = -1_074...1_023
    /// A bucket that spans two to this number powers of two spans all doubles.
    private static let coarsest = 11

    /// The bounds for all exponential histograms of these families; nil when there are none.
    init?(_ families: [FamilySnapshot]) {
        var reach = (positive: Reach(), negative: Reach())
        var isKnown = false
        var hasZero = false
        var most = 0
        for family in families {
            guard case .exponentials(let points) = family.values else { continue }
            isKnown = true
            most = max(most, (family.descriptor.exponential ?? ExponentialLimits()).maxSize)
            for point in points {
                reach.positive.add(point.positive, scale: point.scale)
                reach.negative.add(point.negative, scale: point.scale)
                hasZero = hasZero || point.zeroCount > 0
            }
        }
        guard isKnown else { return nil }
        var shift = max(reach.positive.shift, reach.negative.shift)
        while shift < Self.coarsest, max(reach.positive.count(shift), reach.negative.count(shift)) > most {
            shift += 1
        }
        self.shift = shift
        low = (reach.positive.low(shift), reach.negative.low(shift))
        // A negative bucket is named by its bound that is nearer to 0, a positive one by the other.
        for index in (0..<reach.negative.count(shift)).reversed() {
            negative.append(place(of: 0 - Self.power((low.negative + index) << shift)))
        }
        negative.reverse()
        if hasZero || hasNegative { zero = place(of: 0) }
        guard reach.positive.count(shift) > 0 else { return }
        _ = place(of: Self.power(low.positive << shift))
        for index in 0..<reach.positive.count(shift) {
            positive.append(place(of: Self.power((low.positive + index + 1) << shift)))
        }
    }

    /// What a point of these families has in each bucket, not cumulative; the last has no bound.
    func counts(of point: ExponentialPoint) -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: bounds.count + 1)
        let finer = min(max(Int(point.scale), -Self.coarsest) + shift, 62)
        for (place, count) in point.positive.counts.enumerated() {
            counts[positive[(Int(point.positive.offset) + place) >> finer - low.positive]] &+= count
        }
        for (place, count) in point.negative.counts.enumerated() {
            counts[negative[(Int(point.negative.offset) + place) >> finer - low.negative]] &+= count
        }
        if let zero { counts[zero] &+= point.zeroCount }
        return counts
    }

    /// The place of the bucket up to a bound, which is not below the last one.
    private mutating func place(of bound: Double) -> Int {
        guard bound.isFinite else { return bounds.count }
        if bounds.last != bound { bounds.append(bound) }
        return bounds.count - 1
    }

    /// A power of two; infinity above all doubles, 0 below them.
    private static func power(_ exponent: Int) -> Double {
        if exponent > exponents.upperBound { return .infinity }
        return exponent < exponents.lowerBound ? 0 : Double(sign: .plus, exponent: exponent, significand: 1)
    }
}

extension ExponentialEdges {
    /// How far the values of one sign reach.
    private struct Reach {
        /// The exponents of two between which all buckets lie.
        private var least = Int.max
        private var greatest = Int.min
        /// The widest bucket spans two to this number powers of two.
        private(set) var shift = 0

        mutating func add(_ buckets: ExponentialPoint.Buckets, scale: Int32) {
            guard !buckets.counts.isEmpty else { return }
            let own = min(max(0, -Int(scale)), ExponentialEdges.coarsest)
            let finer = min(max(0, Int(scale)), 62)
            let first = Int(buckets.offset)
            let last = first + buckets.counts.count - 1
            least = min(least, (first >> finer) << own)
            greatest = max(greatest, (last >> finer + 1) << own)
            shift = max(shift, own)
        }

        /// The index of the first bucket of a width.
        func low(_ shift: Int) -> Int {
            least < greatest ? least >> shift : 0
        }

        /// The number of buckets of a width.
        func count(_ shift: Int) -> Int {
            least < greatest ? (greatest - 1) >> shift + 1 - least >> shift : 0
        }
    }
}
