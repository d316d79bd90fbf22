import COTLP
import PostmeterModel

/// The points of a histogram with explicit bounds.
///
/// A point that holds negative values has no sum, as the protocol has it, and neither has a difference of a series
/// that was ever given one.
struct HistogramPoints: PointMessages, ~Copyable {
    private let counts: [UInt64]
    private let sums: [Double]
    private let identities: [SeriesIdentity]
    private let extremes: [Extremes]
    private let negatives: [Bool]
    private let startTime: UInt64
    private let startTimes: [UnixTime]
    /// The number of buckets, and of those that only negative values go to.
    private let width: Int
    private let negative: Int
    private let identity = IdentityField()
    private var exemplars: ExemplarMessages
    private let point: UnsafeMutablePointer<Otlp__HistogramDataPoint>
    /// The buckets of the present point.
    private let row: UnsafeMutablePointer<UInt64>
    private let bounds: UnsafeMutablePointer<Double>

    init(
        counts: [UInt64], sums: [Double], of family: FamilySnapshot, at time: UnixTime, from first: Int
    ) {
        self.counts = counts
        self.sums = sums
        identities = family.identities
        extremes = family.extremes
        negatives = family.negatives
        startTime = family.startTime.nanoseconds
        startTimes = family.startTimes
        let limits = family.descriptor.bounds
        width = limits.count + 1
        negative = limits.prefix { $0 < 0 }.count
        exemplars = ExemplarMessages(family, from: first)
        row = .allocate(capacity: width)
        row.initialize(repeating: 0, count: width)
        bounds = .allocate(capacity: width)
        for (place, bound) in limits.enumerated() { (bounds + place).initialize(to: bound) }
        point = .allocate(capacity: 1)
        otlp__histogram_data_point__init(point)
        point.pointee.time_unix_nano = time.nanoseconds
        point.pointee.n_bucket_counts = width
        point.pointee.bucket_counts = row
        point.pointee.n_explicit_bounds = limits.count
        point.pointee.explicit_bounds = bounds
        point.pointee.base.unknown_fields = identity.field
    }

    deinit {
        point.deallocate()
        row.deallocate()
        bounds.deallocate()
    }

    var message: UnsafeRawPointer { UnsafeRawPointer(point) }

    @inline(__always)
    mutating func load(_ index: Int) -> Int {
        let start = index < startTimes.count ? startTimes[index].nanoseconds : startTime
        point.pointee.start_time_unix_nano = start
        var count: UInt64 = 0
        var below: UInt64 = 0
        for bucket in 0..<width {
            let value = counts[index * width + bucket]
            row[bucket] = value
            count &+= value
            if bucket < negative { below |= value }
        }
        point.pointee.count = count
        let least = setExtremes(index)
        let hasSum = below == 0 && least >= 0 && !(index < negatives.count && negatives[index])
        point.pointee.sum_presence_case =
            hasSum
            ? OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
            : OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE__NOT_SET
        point.pointee.sum = sums[index]
        point.pointee.base.n_unknown_fields = identity.load(identities[index])
        let exemplarBytes = exemplars.load(index)
        point.pointee.n_exemplars = exemplars.count
        point.pointee.exemplars = exemplars.pointers
        let hasExtremes = point.pointee.min_presence_case == OTLP__HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
        return WireSize.fixed64(start) + WireSize.fixed64(point.pointee.time_unix_nano)
            + WireSize.fixed64(count) + (hasSum ? WireSize.fixed64 : 0)
            + WireSize.packed(width) + WireSize.packed(width - 1)
            + (hasExtremes ? 2 * WireSize.fixed64 : 0) + identities[index].count + exemplarBytes
    }

    /// Writes the extremes, when they are known, and returns the least value, else 0.
    @inline(__always)
    private func setExtremes(_ index: Int) -> Double {
        let known = index < extremes.count ? extremes[index] : Extremes()
        guard known.isKnown else {
            point.pointee.min_presence_case = OTLP__HISTOGRAM_DATA_POINT__MIN_PRESENCE__NOT_SET
            point.pointee.max_presence_case = OTLP__HISTOGRAM_DATA_POINT__MAX_PRESENCE__NOT_SET
            return 0
        }
        point.pointee.min_presence_case = OTLP__HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
        point.pointee.min = known.minimum
        point.pointee.max_presence_case = OTLP__HISTOGRAM_DATA_POINT__MAX_PRESENCE_MAX
        point.pointee.max = known.maximum
        return known.minimum
    }
}
