import PostmeterModel

/// A span as it was handed to the exporter.
struct RecordedSpan {
    let traceID: String
    let spanID: String
    let parentID: String
    let name: String
    let kind: SpanKind
    /// Nanoseconds since the epoch.
    let start: UInt64
    let end: UInt64
    /// `key=value`, in the order they were set.
    let attributes: [String]
    /// `name(key=value)`.
    let events: [String]
    /// Span ids of the links.
    let links: [String]
    let isError: Bool

    init(body: [UInt8]) {
        let fields = ProtobufFields(body)
        traceID = Self.hex(fields.bytes(1))
        spanID = Self.hex(fields.bytes(2))
        parentID = Self.hex(fields.bytes(4))
        name = fields.text(5)
        kind = SpanKind(rawValue: UInt8(fields.number(6))) ?? .internal
        start = fields.number(7)
        end = fields.number(8)
        attributes = Self.attributes(fields.all(9))
        events = fields.all(11).map { body in
            let event = ProtobufFields(body)
            return "\(event.text(2))(\(Self.attributes(event.all(3)).joined(separator: " ")))"
        }
        links = fields.all(13).map { Self.hex(ProtobufFields($0).bytes(2)) }
        isError = ProtobufFields(fields.bytes(15)).number(3) == 2
    }

    /// The value of an attribute as text; nil when it was not set.
    subscript(key: String) -> String? {
        attributes.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    static func attributes(_ bodies: [[UInt8]]) -> [String] {
        bodies.map { body in
            let pair = ProtobufFields(body)
            let value = ProtobufFields(pair.bytes(2))
            let text =
                switch value.fields.first?.value {
                case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
                case .varint(let number): String(Int64(bitPattern: number))
                case .fixed(let bits): String(Double(bitPattern: bits))
                case nil: ""
                }
            return "\(pair.text(1))=\(text)"
        }
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }
}
