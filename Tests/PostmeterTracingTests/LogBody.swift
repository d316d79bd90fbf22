import PostmeterModel

@testable import PostmeterTracing

/// An OTLP `LogRecord` read back, by a reader that shares nothing with the writer.
struct LogBody: Equatable {
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severity: UInt64 = 0
    var severityText = ""
    var body: AttributeValue?
    var attributes: [Attribute] = []
    var dropped: UInt64 = 0
    var flags: UInt64 = 0
    var traceID: [UInt8] = []
    var spanID: [UInt8] = []
    var eventName = ""

    init() {}

    init(_ bytes: some Collection<UInt8>) throws {
        for field in try WireField.fields(of: Array(bytes)) {
            switch field.number {
            case 1: time = field.value
            case 2: severity = field.value
            case 3: severityText = field.text
            case 5: body = try field.anyValue()
            case 6: attributes.append(try field.attribute())
            case 7: dropped = field.value
            case 8: flags = field.value
            case 9: traceID = field.bytes
            case 10: spanID = field.bytes
            case 11: observed = field.value
            case 12: eventName = field.text
            default: throw WireError.unknownField(field.number)
            }
        }
    }
}

extension LogRecorder {
    /// All records that wait, by the name of their scope.
    func drained(limit: Int = .max) throws -> [(scope: String, records: [LogBody])] {
        try drain(limit: limit).map { scope, records in
            let bodies = try (0..<records.count).map { try LogBody(records.bytes[records.range(of: $0)]) }
            return (scope.name, bodies)
        }
    }
}
