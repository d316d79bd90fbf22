import PostmeterModel

enum WireError: Error {
    case truncated
    case unknownType(UInt64)
    case unknownField(Int)
}

/// One field of a protocol buffer message.
struct WireField {
    var number: Int
    /// The number of a varint or fixed field.
    var value: UInt64 = 0
    /// The content of a length-delimited field.
    var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func fields(of bytes: [UInt8]) throws -> [WireField] {
        var fields: [WireField] = []
        var position = 0
        func varint() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard position < bytes.count else { throw WireError.truncated }
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { break }
            }
            return value
        }
        func fixed(_ count: Int) throws -> UInt64 {
            guard position + count <= bytes.count else { throw WireError.truncated }
            defer { position += count }
            return bytes[position..<(position + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        while position < bytes.count {
            let tag = try varint()
            var field = WireField(number: Int(tag >> 3))
            switch tag & 7 {
            case 0: field.value = try varint()
            case 1: field.value = try fixed(8)
            case 5: field.value = try fixed(4)
            case 2:
                let count = Int(try varint())
                guard position + count <= bytes.count else { throw WireError.truncated }
                field.bytes = Array(bytes[position..<(position + count)])
                position += count
            default: throw WireError.unknownType(tag & 7)
            }
            fields.append(field)
        }
        return fields
    }

    /// The field as a `KeyValue`.
    func attribute() throws -> Attribute {
        var key = ""
        var value = AttributeValue.string("")
        for field in try Self.fields(of: bytes) {
            if field.number == 1 { key = field.text } else { value = try Self.value(field.bytes) }
        }
        return Attribute(key, value)
    }

    private static func value(_ bytes: [UInt8]) throws -> AttributeValue {
        guard let field = try fields(of: bytes).first else { throw WireError.truncated }
        switch field.number {
        case 1: return .string(field.text)
        case 2: return .bool(field.value != 0)
        case 3: return .int(Int64(bitPattern: field.value))
        case 4: return .double(Double(bitPattern: field.value))
        case 5: return list(try fields(of: field.bytes).map { try value($0.bytes) })
        default: throw WireError.unknownField(field.number)
        }
    }

    /// The list of values that have one type.
    private static func list(_ values: [AttributeValue]) -> AttributeValue {
        switch values.first {
        case .int: .ints(values.map { if case .int(let value) = $0 { value } else { .min } })
        case .double: .doubles(values.map { if case .double(let value) = $0 { value } else { .nan } })
        case .bool: .bools(values.map { $0 == .bool(true) })
        default: .strings(values.map { if case .string(let value) = $0 { value } else { "?" } })
        }
    }
}
