import COTLP
import PostmeterModel

extension MetricsRequest {
    typealias HistogramPointer = UnsafeMutablePointer<Otlp__HistogramDataPoint>

    /// The points of a histogram with explicit bounds.
    mutating func histogramPoints(of group: MetricGroup) -> UnsafeMutableBufferPointer<HistogramPointer?> {
        let pointers = arena.allocate(HistogramPointer?.self, count: group.count)
        var filled = 0
        for family in group.families {
            let count = family.pointCount
            fill(UnsafeMutableBufferPointer(rebasing: pointers[filled..<(filled + count)]), family)
            filled += count
        }
        return pointers
    }

    private mutating func fill(
        _ pointers: UnsafeMutableBufferPointer<HistogramPointer?>,
        _ family: FamilySnapshot
    ) {
        guard case .histograms(let counts, let sums) = family.values else { return }
        let count = pointers.count
        let bounds = arena.store(family.descriptor.bounds)
        let width = bounds.count + 1
        let negative = bounds.prefix { $0 < 0 }.count
        let buckets = arena.store(counts)
        let fields = attributes(family.identities[..<count])
        let points = arena.allocate(Otlp__HistogramDataPoint.self, count: count)
        guard let first = points.baseAddress else { return }
        var template = Otlp__HistogramDataPoint()
        otlp__histogram_data_point__init(&template)
        template.time_unix_nano = time
        template.start_time_unix_nano = family.startTime.nanoseconds
        template.n_explicit_bounds = bounds.count
        template.explicit_bounds = bounds.baseAddress
        template.n_bucket_counts = width
        for index in 0..<count {
            var point = template
            let row = buckets[(index * width)..<((index + 1) * width)]
            point.bucket_counts = buckets.baseAddress.map { $0 + index * width }
            for bucket in row { point.count &+= bucket }
            if !row.prefix(negative).contains(where: { $0 > 0 }) {
                point.sum_presence_case = OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
                point.sum = sums[index]
            }
            if fields[index].len > 0 {
                point.base.n_unknown_fields = 1
                point.base.unknown_fields = fields.baseAddress.map { $0 + index }
            }
            points.initializeElement(at: index, to: point)
            pointers.initializeElement(at: index, to: first + index)
        }
        for (index, start) in family.startTimes.prefix(count).enumerated() {
            points[index].start_time_unix_nano = start.nanoseconds
        }
        for (index, extremes) in family.extremes.prefix(count).enumerated() where extremes.isKnown {
            points[index].min_presence_case = OTLP__HISTOGRAM_DATA_POINT__MIN_PRESENCE_MIN
            points[index].min = extremes.minimum
            points[index].max_presence_case = OTLP__HISTOGRAM_DATA_POINT__MAX_PRESENCE_MAX
            points[index].max = extremes.maximum
            if extremes.minimum < 0 {
                points[index].sum_presence_case = OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE__NOT_SET
            }
        }
        for run in exemplars(of: family, count: count) {
            points[run.series].n_exemplars = run.exemplars.count
            points[run.series].exemplars = run.exemplars.baseAddress
        }
        // Itself, its buckets and its bounds; two instants, count, sum, minimum and maximum.
        bound += count * (3 * WireBound.prefix + 6 * WireBound.fixed64 + 8 * (2 * width - 1))
    }
}
