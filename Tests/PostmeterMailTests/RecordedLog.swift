import PostmeterModel

/// A log record as it was handed to the exporter.
struct RecordedLog: Equatable {
    var scope = ""
    /// Nanoseconds since the epoch.
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severity: UInt64 = 0
    var severityText = ""
    var eventName = ""
    var body = ""
    var traceID = ""
    var spanID = ""
    var flags: UInt64 = 0
    /// `key=value`, in the order they were set.
    var attributes: [String] = []

    init() {}

    init(scope: InstrumentationScope, body: [UInt8]) {
        let fields = ProtobufFields(body)
        self.scope = scope.name
        time = fields.number(1)
        observed = fields.number(11)
        severity = fields.number(2)
        severityText = fields.text(3)
        eventName = fields.text(12)
        self.body = ProtobufFields(fields.bytes(5)).text(1)
        traceID = RecordedSpan.hex(fields.bytes(9))
        spanID = RecordedSpan.hex(fields.bytes(10))
        flags = fields.number(8)
        attributes = RecordedSpan.attributes(fields.all(6))
    }

    /// The value of an attribute as text; nil when it was not set.
    subscript(key: String) -> String? {
        attributes.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }
}
