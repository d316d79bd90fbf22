import COTLP
import PostmeterModel

extension MetricsRequest {
    typealias NumberPointer = UnsafeMutablePointer<Otlp__NumberDataPoint>

    /// The points of a sum or gauge.
    mutating func numberPoints(of group: MetricGroup) -> UnsafeMutableBufferPointer<NumberPointer?> {
        let pointers = arena.allocate(NumberPointer?.self, count: group.count)
        var filled = 0
        for family in group.families {
            var template = Otlp__NumberDataPoint()
            otlp__number_data_point__init(&template)
            template.time_unix_nano = time
            let count = family.pointCount
            let rest = UnsafeMutableBufferPointer(rebasing: pointers[filled..<(filled + count)])
            switch family.values {
            case .integers(let values):
                template.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_INT
                fill(rest, family, values, template) { $0.as_int = $1 }
            case .doubles(let values):
                template.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE
                fill(rest, family, values, template) { $0.as_double = $1 }
            case .histograms, .exponentials:
                // `pointCount` is 0.
                break
            }
            filled += count
        }
        bound += group.count * (WireBound.prefix + 3 * WireBound.fixed64)
        return pointers
    }

    @inline(__always)
    private mutating func fill<Value>(
        _ pointers: UnsafeMutableBufferPointer<NumberPointer?>,
        _ family: FamilySnapshot,
        _ values: [Value],
        _ template: Otlp__NumberDataPoint,
        _ set: (inout Otlp__NumberDataPoint, Value) -> Void
    ) {
        let count = pointers.count
        let fields = attributes(family.identities[..<count])
        let points = arena.allocate(Otlp__NumberDataPoint.self, count: count)
        guard let first = points.baseAddress else { return }
        var template = template
        // The last value of a gauge has no beginning.
        let hasStart = family.descriptor.kind != .gauge
        if hasStart { template.start_time_unix_nano = family.startTime.nanoseconds }
        for index in 0..<count {
            var point = template
            set(&point, values[index])
            if fields[index].len > 0 {
                point.base.n_unknown_fields = 1
                point.base.unknown_fields = fields.baseAddress.map { $0 + index }
            }
            points.initializeElement(at: index, to: point)
            pointers.initializeElement(at: index, to: first + index)
        }
        if hasStart {
            for (index, start) in family.startTimes.prefix(count).enumerated() {
                points[index].start_time_unix_nano = start.nanoseconds
            }
        }
        for run in exemplars(of: family, count: count) {
            points[run.series].n_exemplars = run.exemplars.count
            points[run.series].exemplars = run.exemplars.baseAddress
        }
    }
}
