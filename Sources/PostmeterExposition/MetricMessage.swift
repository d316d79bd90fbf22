import COTLP
import PostmeterModel

/// One `Metric` message under construction: a series with its value.
///
/// Its labels are not built: they ride as one unknown field, since protobuf-c writes the tag of such a field and
/// then its bytes as they are.
struct MetricMessage: ~Copyable {
    /// What the value points to.
    var arena = MessageArena()
    /// The labels, each a field of its own; empty when there are none.
    var pairs: [UInt8] = []
    private var metric = Prometheus__Metric()

    /// Begins another message.
    mutating func reset() {
        arena.reset()
        prometheus__metric__init(&metric)
    }

    mutating func set(gauge value: Double) {
        var gauge = Prometheus__Gauge()
        prometheus__gauge__init(&gauge)
        gauge.value = value
        metric.gauge = arena.store(gauge)
    }

    mutating func set(counter value: Double, created: UnixTime, exemplar: Exemplar?) {
        var counter = Prometheus__Counter()
        prometheus__counter__init(&counter)
        counter.value = value
        counter.created_timestamp = timestamp(created)
        counter.exemplar = exemplar.flatMap { self.exemplar($0) }
        metric.counter = arena.store(counter)
    }

    mutating func set(histogram: Prometheus__Histogram) {
        metric.histogram = arena.store(histogram)
    }

    /// The bytes of the message.
    mutating func packedSize() -> Int {
        withPointers { Int(prometheus__metric__get_packed_size($0)) }
    }

    /// Writes the message, which takes ``packedSize()`` bytes.
    mutating func pack(to out: UnsafeMutablePointer<UInt8>) {
        withPointers { _ = prometheus__metric__pack($0, out) }
    }

    private mutating func withPointers<R>(_ body: (UnsafePointer<Prometheus__Metric>) -> R) -> R {
        pairs.withUnsafeMutableBufferPointer { pairs in
            var field = ProtobufCMessageUnknownField()
            field.tag = 1
            field.wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
            if pairs.count > 0, let start = pairs.baseAddress {
                field.len = pairs.count - 1
                field.data = start + 1
                metric.base.n_unknown_fields = 1
            } else {
                metric.base.n_unknown_fields = 0
            }
            return withUnsafeMutablePointer(to: &field) { field in
                metric.base.unknown_fields = field
                defer { metric.base.unknown_fields = nil }
                return withUnsafePointer(to: &metric) { body($0) }
            }
        }
    }
}

extension MetricMessage {
    /// A `Timestamp`, or nil for a time that is not known.
    mutating func timestamp(_ time: UnixTime) -> UnsafeMutablePointer<Prometheus__Timestamp>? {
        guard time.nanoseconds > 0 else { return nil }
        var timestamp = Prometheus__Timestamp()
        prometheus__timestamp__init(&timestamp)
        timestamp.seconds = Int64(time.nanoseconds / 1_000_000_000)
        timestamp.nanos = Int32(time.nanoseconds % 1_000_000_000)
        return arena.store(timestamp)
    }

    /// An `Exemplar`; ids that are not valid are left out.
    mutating func exemplar(_ exemplar: Exemplar) -> UnsafeMutablePointer<Prometheus__Exemplar>? {
        var message = Prometheus__Exemplar()
        prometheus__exemplar__init(&message)
        message.value = exemplar.value
        message.timestamp = timestamp(exemplar.time)
        if exemplar.traceID.isValid {
            var labels = [pair("trace_id", "\(exemplar.traceID)")]
            if exemplar.spanID.isValid { labels.append(pair("span_id", "\(exemplar.spanID)")) }
            message.n_label = labels.count
            message.label = arena.store(labels).baseAddress
        }
        return arena.store(message)
    }

    private mutating func pair(
        _ name: String,
        _ value: String
    ) -> UnsafeMutablePointer<Prometheus__LabelPair>? {
        var pair = Prometheus__LabelPair()
        prometheus__label_pair__init(&pair)
        pair.name = data(name)
        pair.value = data(value)
        return arena.store(pair)
    }

    private mutating func data(_ text: String) -> ProtobufCBinaryData {
        let copy = arena.store(text.utf8)
        return ProtobufCBinaryData(len: copy.count, data: copy.baseAddress)
    }
}
