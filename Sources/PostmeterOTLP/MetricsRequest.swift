import COTLP
import PostmeterModel

/// One `ExportMetricsServiceRequest` under construction.
///
/// The structs of protobuf-c are laid in an arena, each copied from a template. The attributes of a point
/// are not built: they ride as one unknown field, since protobuf-c writes the tag of such a field and then
/// its bytes as they are, and the bytes after the first tag hold all the attributes.
struct MetricsRequest: ~Copyable {
    /// The structs, and what they point to.
    var arena = EncodingArena()
    /// The most bytes that the request can take.
    var bound = 0
    /// When the values were read, in nanoseconds.
    let time: UInt64

    init(time: UnixTime) {
        self.time = time.nanoseconds
    }

    /// The request, or nil when no family has a series.
    mutating func encode(_ families: [FamilySnapshot], resource: [UInt8]) -> [UInt8]? {
        let groups = MetricGroup.groups(of: families)
        guard !groups.isEmpty else { return nil }
        var scopes: [UnsafeMutablePointer<Otlp__ScopeMetrics>?] = []
        for (scope, metrics) in groups { scopes.append(scopeMetrics(scope, metrics)) }
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

    private mutating func scopeMetrics(
        _ scope: InstrumentationScope,
        _ groups: [MetricGroup]
    ) -> UnsafeMutablePointer<Otlp__ScopeMetrics>? {
        var metrics: [UnsafeMutablePointer<Otlp__Metric>?] = []
        for group in groups { metrics.append(metric(of: group)) }
        var scopeMetrics = Otlp__ScopeMetrics()
        otlp__scope_metrics__init(&scopeMetrics)
        scopeMetrics.scope = data(scope.encoded)
        scopeMetrics.n_metrics = metrics.count
        scopeMetrics.metrics = arena.store(metrics).baseAddress
        bound += WireBound.prefix
        return arena.store(scopeMetrics)
    }

    private mutating func metric(of group: MetricGroup) -> UnsafeMutablePointer<Otlp__Metric>? {
        var metric = Otlp__Metric()
        otlp__metric__init(&metric)
        guard let family = group.families.first else { return arena.store(metric) }
        let descriptor = family.descriptor
        switch family.values {
        case .integers, .doubles:
            let points = numberPoints(of: group)
            fill(&metric, with: points, kind: descriptor.kind, Self.temporality(of: family))
        case .histograms:
            let points = histogramPoints(of: group)
            var histogram = Otlp__Histogram()
            otlp__histogram__init(&histogram)
            histogram.n_data_points = points.count
            histogram.data_points = points.baseAddress
            histogram.aggregation_temporality = Self.temporality(of: family)
            metric.data_case = OTLP__METRIC__DATA_HISTOGRAM
            metric.histogram = arena.store(histogram)
        case .exponentials:
            let points = exponentialPoints(of: group)
            var histogram = Otlp__ExponentialHistogram()
            otlp__exponential_histogram__init(&histogram)
            histogram.n_data_points = points.count
            histogram.data_points = points.baseAddress
            histogram.aggregation_temporality = Self.temporality(of: family)
            metric.data_case = OTLP__METRIC__DATA_EXPONENTIAL_HISTOGRAM
            metric.exponential_histogram = arena.store(histogram)
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
        kind: InstrumentKind,
        _ temporality: Otlp__AggregationTemporality
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
            sum.aggregation_temporality = temporality
            sum.is_monotonic = kind == .counter ? 1 : 0
            metric.data_case = OTLP__METRIC__DATA_SUM
            metric.sum = arena.store(sum)
        }
    }

    private static func temporality(of family: FamilySnapshot) -> Otlp__AggregationTemporality {
        switch family.temporality {
        case .delta: OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_DELTA
        case .cumulative: OTLP__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE
        }
    }
}

extension MetricsRequest {
    /// The attributes of each series as an unknown field; its length is 0 for a series without attributes.
    mutating func attributes(
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
