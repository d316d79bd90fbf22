import PostmeterModel

@testable import PostmeterTracing

/// An OTLP `Span` read back, by a reader that shares nothing with the writer.
struct SpanBody {
    struct Event: Equatable {
        var time: UInt64 = 0
        var name = ""
        var attributes: [Attribute] = []
        var dropped: UInt64 = 0
    }

    struct Link: Equatable {
        var traceID: [UInt8] = []
        var spanID: [UInt8] = []
        var state = ""
        var attributes: [Attribute] = []
        var dropped: UInt64 = 0
        var flags: UInt64 = 0
    }

    var traceID: [UInt8] = []
    var spanID: [UInt8] = []
    var state = ""
    var parentID: [UInt8] = []
    var name = ""
    var kind: UInt64 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var attributes: [Attribute] = []
    var droppedAttributes: UInt64 = 0
    var events: [Event] = []
    var droppedEvents: UInt64 = 0
    var links: [Link] = []
    var droppedLinks: UInt64 = 0
    var statusMessage = ""
    var statusCode: UInt64 = 0
    var flags: UInt64 = 0
    /// How often each field number stands in the message.
    var occurrences: [Int: Int] = [:]

    init(_ bytes: some Collection<UInt8>) throws {
        for field in try WireField.fields(of: Array(bytes)) {
            occurrences[field.number, default: 0] += 1
            switch field.number {
            case 1: traceID = field.bytes
            case 2: spanID = field.bytes
            case 3: state = field.text
            case 4: parentID = field.bytes
            case 5: name = field.text
            case 6: kind = field.value
            case 7: start = field.value
            case 8: end = field.value
            case 9: attributes.append(try field.attribute())
            case 10: droppedAttributes = field.value
            case 11: events.append(try Self.event(field.bytes))
            case 12: droppedEvents = field.value
            case 13: links.append(try Self.link(field.bytes))
            case 14: droppedLinks = field.value
            case 15:
                for inner in try WireField.fields(of: field.bytes) {
                    if inner.number == 2 { statusMessage = inner.text } else { statusCode = inner.value }
                }
            case 16: flags = field.value
            default: throw WireError.unknownField(field.number)
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
            case 4: event.dropped = field.value
            default: throw WireError.unknownField(field.number)
            }
        }
        return event
    }

    private static func link(_ bytes: [UInt8]) throws -> Link {
        var link = Link()
        for field in try WireField.fields(of: bytes) {
            switch field.number {
            case 1: link.traceID = field.bytes
            case 2: link.spanID = field.bytes
            case 3: link.state = field.text
            case 4: link.attributes.append(try field.attribute())
            case 5: link.dropped = field.value
            case 6: link.flags = field.value
            default: throw WireError.unknownField(field.number)
            }
        }
        return link
    }
}

extension Tracer {
    /// All ended spans, read back.
    func drained(limit: Int = .max) throws -> [SpanBody] {
        var records = EncodedRecords()
        let count = drain(into: &records, limit: limit)
        guard count == records.count else { throw WireError.truncated }
        return try (0..<records.count).map { try SpanBody(records.bytes[records.range(of: $0)]) }
    }
}
