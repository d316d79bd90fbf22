/// A number in field 1 and bytes in field 2, as a careful writer of protobuf writes them: nothing else and nothing
/// twice.
///
/// Both `ExportPartialSuccess` of OTLP and `google.rpc.Status` have this form.
struct StrictReply {
    private(set) var number: Int64 = 0
    private(set) var bytes: [UInt8] = []

    /// Reads a message; nil when it is written in any other way, which another reader may still take.
    init?(_ message: some Collection<UInt8>) {
        var left = Array(message)[...]
        var seen: Set<UInt64> = []
        while !left.isEmpty {
            guard let tag = Self.varint(&left), seen.insert(tag).inserted else { return nil }
            switch tag {
            case 0x08:
                guard let value = Self.varint(&left) else { return nil }
                number = Int64(bitPattern: value)
            case 0x12:
                guard let value = Self.field(&left) else { return nil }
                bytes = value
            default:
                return nil
            }
        }
    }

    /// Reads a message that holds such a one in its field 1 and nothing else.
    init?(envelopeOf message: [UInt8]) {
        var left = message[...]
        guard Self.varint(&left) == 0x0a, let inner = Self.field(&left), left.isEmpty else { return nil }
        self.init(inner)
    }

    /// The bytes as text when they need no mending: UTF-8 that is short, on one line, without blanks around it.
    var plainText: String? {
        guard bytes.count <= 1_024, let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            text.unicodeScalars.first != " ", text.unicodeScalars.last != " "
        else { return nil }
        return text
    }

    private static func varint(_ left: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard let byte = left.popFirst() else { return nil }
            guard place < 9 || byte < 2 else { return nil }
            value |= UInt64(byte & 0x7f) << (7 * place)
            if byte < 0x80 { return byte == 0 && place > 0 ? nil : value }
        }
        return nil
    }

    private static func field(_ left: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let length = varint(&left), length <= UInt64(left.count) else { return nil }
        defer { left = left.dropFirst(Int(length)) }
        return Array(left.prefix(Int(length)))
    }
}
