import PostmeterModel
import PostmeterTracing

/// A log record as a receiver reads it.
struct DrainedLog {
    var scope = ""
    var severity: UInt64 = 0
    var severityText = ""
    var body = ""
    var attributes: [String: AttributeValue] = [:]
    var traceID = ""
    var spanID = ""

    /// The records that wait, in their order.
    static func drain(_ recorder: LogRecorder) throws -> [DrainedLog] {
        try recorder.drain().flatMap { batch in
            try (0..<batch.records.count).map { index in
                try DrainedLog(batch.scope.name, Array(batch.records.bytes[batch.records.range(of: index)]))
            }
        }
    }

    private init(_ scope: String, _ bytes: [UInt8]) throws {
        self.scope = scope
        for field in try WireField.fields(of: bytes) {
            switch field.number {
            case 2: severity = field.value
            case 3: severityText = field.text
            case 5: body = try WireField.fields(of: field.bytes).first?.text ?? ""
            case 6:
                let attribute = try field.attribute()
                attributes[attribute.key] = attribute.value
            case 9: traceID = DrainedSpan.hexadecimal(field.bytes)
            case 10: spanID = DrainedSpan.hexadecimal(field.bytes)
            default: break
            }
        }
    }
}
