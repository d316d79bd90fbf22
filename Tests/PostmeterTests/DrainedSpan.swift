import PostmeterModel
import PostmeterTracing

/// A span as a receiver reads it.
struct DrainedSpan {
    struct Event {
        var name = ""
        var time: UInt64 = 0
        var attributes: [Attribute] = []
    }

    var traceID = ""
    var spanID = ""
    var parentID = ""
    var state = ""
    var name = ""
    var kind: UInt64 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var attributes: [Attribute] = []
    var events: [Event] = []
    /// The span that is linked, and why.
    var links: [(spanID: String, attributes: [Attribute])] = []
    var statusCode: UInt64 = 0
    var statusMessage = ""

    /// The spans that have ended, in the order of their ends.
    static func drain(_ tracer: PostmeterTracing.Tracer) throws -> [DrainedSpan] {
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
        return try (0..<records.count).map { try DrainedSpan(Array(records.bytes[records.range(of: $0)])) }
    }

    private init(_ body: [UInt8]) throws {
        for field in try WireField.fields(of: body) {
            switch field.number {
            case 1: traceID = Self.hexadecimal(field.bytes)
            case 2: spanID = Self.hexadecimal(field.bytes)
            case 3: state = field.text
            case 4: parentID = Self.hexadecimal(field.bytes)
            case 5: name = field.text
            case 6: kind = field.value
            case 7: start = field.value
            case 8: end = field.value
            case 9: attributes.append(try field.attribute())
            case 11: events.append(try Self.event(field.bytes))
            case 13: links.append(try Self.link(field.bytes))
            case 15:
                for part in try WireField.fields(of: field.bytes) {
                    if part.number == 2 { statusMessage = part.text } else { statusCode = part.value }
                }
            default: break
            }
        }
    }

    private static func event(_ bytes: [UInt8]) throws -> Event {
        var event = Event()
        for field in try WireField.fields(of: bytes) {
            switch field.number {
            case 1: event.time = field.value
            case 2: event.name = field.text
            case 3: event.attributes.append(try field.attribute())
            default: break
            }
        }
        return event
    }

    private static func link(_ bytes: [UInt8]) throws -> (String, [Attribute]) {
        let fields = try WireField.fields(of: bytes)
        let id = fields.first { $0.number == 2 }.map { hexadecimal($0.bytes) } ?? ""
        return (id, try fields.filter { $0.number == 4 }.map { try $0.attribute() })
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
