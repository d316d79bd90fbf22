import COTLP
import PostmeterModel

/// One `ExportMetricsServiceRequest` under construction.
///
/// The structs of protobuf-c are laid in an arena, each copied from a template. The attributes of a point
/// are not built: they ride as one unknown field, since protobuf-c writes the tag of such a field and then
/// its bytes as they are, and the bytes after the first tag hold all the attributes.
struct MetricsRequest: ~Copyable {
    private var arena = EncodingArena()
    /// The most bytes that the request can take.
    private var bound = 0
    private let time: UInt64
    private var numberPoint = Otlp__NumberDataPoint()
    private var histogramPoint = Otlp__HistogramDataPoint()

    init(time: UnixTime) {
        self.time = time.nanoseconds
        otlp__number_data_point__init(&numberPoint)
        numberPoint.time_unix_nano = self.time
        otlp__histogram_data_point__init(&histogramPoint)
        histogramPoint.time_unix_nano = self.time
        histogramPoint.sum_presence_case = OTLP__HISTOGRAM_DATA_POINT__SUM_PRESENCE_SUM
    }

    /// The request, or nil when no family has a series.
    mutating func encode(_ families: [FamilySnapshot], resource: [UInt8]) -> [UInt8]? {
        let scopes = scopes(of: families)
        guard !scopes.isEmpty else { return nil }
        var resourceMetrics = Otlp__ResourceMetrics()
        otlp__resource_metrics__init(&resourceMetrics)
        resourceMetrics.resource = data(resource)
        resourceMetrics.n_scope_metrics = scopes.count
        resourceMetrics.scope_metrics = arena.store(scopes).baseAddress
        var request = Otlp__ExportMetricsRequest()
        otlp__export_metrics_request__init(&request)
        request.n_resource_metrics = 1
        request.resource_metrics = arena.store(arena.store(resourceMetrics))
        bound += WireBound.prefix
        return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = otlp__export_metrics_request__pack(&request, buffer.baseAddress)
            assert(count <= buffer.count)
        }
    }

    private mutating func scopes(of families: [FamilySnapshot]) -> [UnsafeMutablePointer<Otlp__ScopeMetrics>?]
    {
        var order: [InstrumentationScope] = []
        var metrics: [InstrumentationScope: [UnsafeMutablePointer<Otlp__Metric>?]] = [:]
        for family in families {
            guard let metric = metric(of: family) else { continue }
            let scope = family.descriptor.scope
            if metrics[scope] == nil { order.append(scope) }
            metrics[scope, default: []].append(metric)
        }
        return order.map { scope in
            let list = metrics[scope] ?? []
            var scopeMetrics = Otlp__ScopeMetrics()
            otlp__scope_metrics__init(&scopeMetrics)
            scopeMetrics.scope = data(scope.encoded)
            scopeMetrics.n_metrics = list.count
            scopeMetrics.metrics = arena.store(list).baseAddress
            bound += WireBound.prefix
            return arena.store(scopeMetrics)
        }
    }

    private mutating func metric(of family: FamilySnapshot) -> UnsafeMutablePointer<Otlp__Metric>? {
        let descriptor = family.descriptor
        var metric = Otlp__Metric()
        otlp__metric__init(&metric)
        if descriptor.kind == .histogram {
            guard let histogram = histogram(of: family) else { return nil }
            metric.data_case = OTLP__METRIC__DATA_HISTOGRAM
            metric.histogram = histogram
        } else if let points = numberPoints(of: family) {
            fill(&metric, with: points, kind: descriptor.kind)
        } else {
            return nil
        }
        metric.name = data(descriptor.name.utf8)
        metric.description = data(descriptor.description.utf8)
        metric.unit = data(descriptor.unit.utf8)
        // The metric, its data and the temporality and monotonicity in it.
        bound += 2 * WireBound.prefix + 2 * WireBound.flag
        return arena.store(metric)
    }

    private mutating func fill(
        _ metric: inout Otlp__Metric,
        with points: UnsafeMutableBufferPointer<NumberPointer?>,
        kind: InstrumentKind
    ) {
        if kind == .gauge {
            var gauge = Otlp__Gauge()
            otlp__gauge__init(&gauge)
            gauge.n_data_points = points.count
            gauge.data_points = points.baseAddress
            metric.data_case = OTLP__METRIC__DATA_GAUGE
            metric.gauge = arena.store(gauge)
        } else {
            var sum = Otlp__Sum()
            otlp__sum__init(&sum)
            sum.n_data_points = points.count
            sum.data_points = points.baseAddress
            sum.aggregation_temporality = Self.cumulative
            sum.is_monotonic = kind == .counter ? 1 : 0
            metric.data_case = OTLP__METRIC__DATA_SUM
            metric.sum = arena.store(sum)
        }
    }
}

extension MetricsRequest {
    typealias NumberPointer = UnsafeMutablePointer<Otlp__NumberDataPoint>
    typealias HistogramPointer = UnsafeMutablePointer<Otlp__HistogramDataPoint>

    private static var cumulative: Otlp__AggregationTemporality {
        OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE
    }

    /// Points of a sum or gauge, or nil when there are none.
    private mutating func numberPoints(
        of family: FamilySnapshot
    ) -> UnsafeMutableBufferPointer<NumberPointer?>? {
        var template = numberPoint
        // The last value of a gauge has no beginning.
        if family.descriptor.kind != .gauge { template.start_time_unix_nano = family.startTime.nanoseconds }
        switch family.values {
        case .integers(let values):
            template.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_INT
            return points(family.identities, values, template) { $0.as_int = $1 }
        case .doubles(let values):
            template.value_case = OTLP__NUMBER_DATA_POINT__VALUE_AS_DOUBLE
            return points(family.identities, values, template) { $0.as_double = $1 }
        case .histograms, .exponentials:
            return nil
        }
    }

    @inline(__always)
    private mutating func points<Value>(
        _ identities: [SeriesIdentity],
        _ values: [Value],
        _ template: Otlp__NumberDataPoint,
        _ set: (inout Otlp__NumberDataPoint, Value) -> Void
    ) -> UnsafeMutableBufferPointer<NumberPointer?>? {
        let count = min(identities.count, values.count)
        guard count > 0 else { return nil }
        let fields = attributes(identities[..<count])
        let points = arena.allocate(Otlp__NumberDataPoint.self, count: count)
        let pointers = arena.allocate(NumberPointer?.self, count: count)
        guard let first = points.baseAddress else { return nil }
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
        bound += count * (WireBound.prefix + 3 * WireBound.fixed64)
        return pointers
    }

    /// The points of a histogram, or nil when there are none.
    private mutating func histogram(of family: FamilySnapshot) -> UnsafeMutablePointer<Otlp__Histogram>? {
        guard case .histograms(let counts, let sums) = family.values else { return nil }
        let bounds = arena.store(family.descriptor.bounds)
        let width = bounds.count + 1
        let count = min(family.identities.count, sums.count, counts.count / width)
        guard count > 0 else { return nil }
        let buckets = arena.store(counts)
        let fields = attributes(family.identities[..<count])
        let points = arena.allocate(Otlp__HistogramDataPoint.self, count: count)
        let pointers = arena.allocate(HistogramPointer?.self, count: count)
        guard let first = points.baseAddress else { return nil }
        for index in 0..<count {
            var point = histogramPoint
            point.start_time_unix_nano = family.startTime.nanoseconds
            point.sum = sums[index]
            point.n_explicit_bounds = bounds.count
            point.explicit_bounds = bounds.baseAddress
            point.n_bucket_counts = width
            point.bucket_counts = buckets.baseAddress.map { $0 + index * width }
            for bucket in buckets[(index * width)..<((index + 1) * width)] { point.count &+= bucket }
            if fields[index].len > 0 {
                point.base.n_unknown_fields = 1
                point.base.unknown_fields = fields.baseAddress.map { $0 + index }
            }
            points.initializeElement(at: index, to: point)
            pointers.initializeElement(at: index, to: first + index)
        }
        bound += count * (3 * WireBound.prefix + 4 * WireBound.fixed64 + 8 * (2 * width - 1))
        var histogram = Otlp__Histogram()
        otlp__histogram__init(&histogram)
        histogram.n_data_points = count
        histogram.data_points = pointers.baseAddress
        histogram.aggregation_temporality = Self.cumulative
        return arena.store(histogram)
    }

    /// The attributes of each series as an unknown field; its length is 0 for a series without attributes.
    private mutating func attributes(
        _ identities: ArraySlice<SeriesIdentity>
    ) -> UnsafeMutableBufferPointer<ProtobufCMessageUnknownField> {
        let fields = arena.allocate(ProtobufCMessageUnknownField.self, count: identities.count)
        for (index, identity) in identities.enumerated() {
            var field = ProtobufCMessageUnknownField()
            if let tag = identity.bytes.first {
                field.tag = UInt32(tag >> 3)
                field.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
                field.len = identity.count - 1
                // protobuf-c only reads it.
                field.data = UnsafeMutablePointer(
                    mutating: (identity.start + 1).assumingMemoryBound(to: UInt8.self)
                )
                bound += identity.count
            }
            fields.initializeElement(at: index, to: field)
        }
        return fields
    }

    /// A field of bytes, copied.
    private mutating func data(_ bytes: some Collection<UInt8>) -> ProtobufCBinaryData {
        let copy = arena.store(bytes)
        bound += WireBound.field(copy.count)
        return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
    }
}
