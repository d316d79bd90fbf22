import COTLP
import PostmeterModel

extension MetricsRequest {
    typealias ExponentialPointer = UnsafeMutablePointer<Otlp__ExponentialHistogramDataPoint>
    private typealias BucketsPointer = UnsafeMutablePointer<Otlp__ExponentialHistogramDataPoint__Buckets>

    /// The points of an exponential histogram.
    mutating func exponentialPoints(
        of group: MetricGroup
    ) -> UnsafeMutableBufferPointer<ExponentialPointer?> {
        let pointers = arena.allocate(ExponentialPointer?.self, count: group.count)
        var filled = 0
        for family in group.families {
            let count = family.pointCount
            fill(UnsafeMutableBufferPointer(rebasing: pointers[filled..<(filled + count)]), family)
            filled += count
        }
        return pointers
    }

    private mutating func fill(
        _ pointers: UnsafeMutableBufferPointer<ExponentialPointer?>,
        _ family: FamilySnapshot
    ) {
        guard case .exponentials(let values) = family.values else { return }
        let count = pointers.count
        let fields = attributes(family.identities[..<count])
        let points = arena.allocate(Otlp__ExponentialHistogramDataPoint.self, count: count)
        guard let first = points.baseAddress else { return }
        var template = Otlp__ExponentialHistogramDataPoint()
        otlp__exponential_histogram_data_point__init(&template)
        template.time_unix_nano = time
        for index in 0..<count {
            let value = values[index]
            var point = template
            let hasStart = index < family.startTimes.count
            let start = hasStart ? family.startTimes[index] : family.startTime
            point.start_time_unix_nano = start.nanoseconds
            point.count = value.count
            point.scale = value.scale
            point.zero_count = value.zeroCount
            point.positive = buckets(value.positive)
            point.negative = buckets(value.negative)
            let extremes = index < family.extremes.count ? family.extremes[index] : Extremes()
            if extremes.isKnown {
                point.min_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
                point.min = extremes.minimum
                point.max_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__MAX_PRESENCE_MAX
                point.max = extremes.maximum
            }
            if value.negative.total == 0 {
                point.sum_presence_case = OTLP__EXPONENTIAL_HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
                point.sum = value.sum
            }
            if fields[index].len > 0 {
                point.base.n_unknown_fields = 1
                point.base.unknown_fields = fields.baseAddress.map { $0 + index }
            }
            points.initializeElement(at: index, to: point)
            pointers.initializeElement(at: index, to: first + index)
        }
        for run in exemplars(of: family, count: count) {
            points[run.series].n_exemplars = run.exemplars.count
            points[run.series].exemplars = run.exemplars.baseAddress
        }
        // Itself; two instants, counts of all and of zeros, sum, minimum and maximum; scale.
        bound += count * (WireBound.prefix + 7 * WireBound.fixed64 + WireBound.sint32)
    }

    /// The buckets, or nil when there are none.
    private mutating func buckets(_ buckets: ExponentialPoint.Buckets) -> BucketsPointer? {
        guard !buckets.counts.isEmpty else { return nil }
        let counts = arena.store(buckets.counts)
        var message = Otlp__ExponentialHistogramDataPoint__Buckets()
        otlp__exponential_histogram_data_point__buckets__init(&message)
        message.offset = buckets.offset
        message.n_bucket_counts = counts.count
        message.bucket_counts = counts.baseAddress
        bound += 2 * WireBound.prefix + WireBound.sint32
        for count in counts { bound += WireBound.varint(count) }
        return arena.store(message)
    }
}
