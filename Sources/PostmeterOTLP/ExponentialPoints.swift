import COTLP
import PostmeterModel

/// The points of an exponential histogram.
///
/// A point that holds negative values has no sum, as the protocol has it.
struct ExponentialPoints: PointMessages, ~Copyable {
    private let values: [ExponentialPoint]
    private let identities: [SeriesIdentity]
    private let extremes: [Extremes]
    private let startTime: UInt64
    private let startTimes: [UnixTime]
    private let identity = IdentityField()
    private var exemplars: ExemplarMessages
    private let point: UnsafeMutablePointer<Otlp__ExponentialHistogramDataPoint>
    private var positive = BucketsMessage()
    private var negative = BucketsMessage()

    init(_ values: [ExponentialPoint], of family: FamilySnapshot, at time: UnixTime, from first: Int) {
        self.values = values
        identities = family.identities
        extremes = family.extremes
        startTime = family.startTime.nanoseconds
        startTimes = family.startTimes
        exemplars = ExemplarMessages(family, from: first)
        point = .allocate(capacity: 1)
        otlp__exponential_histogram_data_point__init(point)
        point.pointee.time_unix_nano = time.nanoseconds
        point.pointee.base.unknown_fields = identity.field
    }

    deinit {
        point.deallocate()
    }

    var message: UnsafeRawPointer { UnsafeRawPointer(point) }

    mutating func load(_ index: Int) -> Int {
        let value = values[index]
        let start = index < startTimes.count ? startTimes[index].nanoseconds : startTime
        point.pointee.start_time_unix_nano = start
        point.pointee.count = value.count
        point.pointee.scale = value.scale
        point.pointee.zero_count = value.zeroCount
        let hasSum = value.negative.total == 0
        point.pointee.sum_presence_case =
            hasSum
            ? OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
            : OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__SUM_PRESENCE__NOT_SET
        point.pointee.sum = value.sum
        let bucketBytes = positive.load(value.positive) + negative.load(value.negative)
        point.pointee.positive = positive.message
        point.pointee.negative = negative.message
        let extremeBytes = setExtremes(index)
        point.pointee.base.n_unknown_fields = identity.load(identities[index])
        let exemplarBytes = exemplars.load(index)
        point.pointee.n_exemplars = exemplars.count
        point.pointee.exemplars = exemplars.pointers
        return WireSize.fixed64(start) + WireSize.fixed64(point.pointee.time_unix_nano)
            + WireSize.fixed64(value.count) + WireSize.signed(value.scale)
            + WireSize.fixed64(value.zeroCount) + (hasSum ? WireSize.fixed64 : 0)
            + bucketBytes + extremeBytes + identities[index].count + exemplarBytes
    }

    /// Writes the extremes, when they are known, and returns their bytes.
    private func setExtremes(_ index: Int) -> Int {
        let known = index < extremes.count ? extremes[index] : Extremes()
        guard known.isKnown else {
            point.pointee.min_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MIN_PRESENCE__NOT_SET
            point.pointee.max_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MAX_PRESENCE__NOT_SET
            return 0
        }
        point.pointee.min_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
        point.pointee.min = known.minimum
        point.pointee.max_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MAX_PRESENCE_MAX
        point.pointee.max = known.maximum
        return 2 * WireSize.fixed64
    }
}
