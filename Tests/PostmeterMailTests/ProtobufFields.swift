/// The fields of a protocol buffer message, read without a schema.
struct ProtobufFields {
    enum Value {
        case varint(UInt64)
        case fixed(UInt64)
        case bytes([UInt8])
    }

    let fields: [(number: Int, value: Value)]

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var fields: [(Int, Value)] = []
        while let tag = Self.varint(&rest) {
            let number = Int(tag >> 3)
            switch tag & 7 {
            case 0: fields.append((number, .varint(Self.varint(&rest) ?? 0)))
            case 1: fields.append((number, .fixed(Self.fixed(&rest, 8))))
            case 5: fields.append((number, .fixed(Self.fixed(&rest, 4))))
            default:
                let length = Int(Self.varint(&rest) ?? 0)
                fields.append((number, .bytes(Array(rest.prefix(length)))))
                rest = rest.dropFirst(length)
            }
        }
        self.fields = fields
    }

    func bytes(_ number: Int) -> [UInt8] {
        all(number).first ?? []
    }

    func all(_ number: Int) -> [[UInt8]] {
        fields.compactMap { field in
            if field.number == number, case .bytes(let bytes) = field.value { bytes } else { nil }
        }
    }

    func text(_ number: Int) -> String {
        String(decoding: bytes(number), as: UTF8.self)
    }

    func number(_ number: Int) -> UInt64 {
        for field in fields where field.number == number {
            switch field.value {
            case .varint(let value), .fixed(let value): return value
            case .bytes: continue
            }
        }
        return 0
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private static func fixed(_ rest: inout ArraySlice<UInt8>, _ count: Int) -> UInt64 {
        let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return value
    }
}
