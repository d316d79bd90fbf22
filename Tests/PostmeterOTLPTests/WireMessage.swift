/// A protocol buffer message, read field by field without a schema: the tests' own reader.
struct WireMessage: Equatable {
    enum Field: Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes([UInt8])
    }

    private(set) var fields: [(number: Int, value: Field)] = []

    /// Reads a message; nil when the bytes are not one.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let tag = Self.varint(&rest) else { return nil }
            switch tag & 7 {
            case 0:
                guard let value = Self.varint(&rest) else { return nil }
                fields.append((Int(tag >> 3), .varint(value)))
            case 1:
                guard rest.count >= 8 else { return nil }
                let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(8)
                fields.append((Int(tag >> 3), .fixed64(value)))
            case 2:
                guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return nil }
                fields.append((Int(tag >> 3), .bytes(Array(rest.prefix(Int(length))))))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
    }

    static func == (left: WireMessage, right: WireMessage) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.number == $1.number && $0.value == $1.value }
    }

    /// The field numbers, in order.
    var numbers: [Int] { fields.map(\.number) }

    /// The messages in a field.
    func messages(_ number: Int) -> [WireMessage] {
        blobs(number).compactMap(WireMessage.init)
    }

    func blobs(_ number: Int) -> [[UInt8]] {
        fields.compactMap { field in
            guard field.number == number, case .bytes(let bytes) = field.value else { return nil }
            return bytes
        }
    }

    func text(_ number: Int) -> String? {
        blobs(number).first.map { String(decoding: $0, as: UTF8.self) }
    }

    func integer(_ number: Int) -> UInt64? {
        for field in fields where field.number == number {
            switch field.value {
            case .varint(let value), .fixed64(let value): return value
            case .bytes: return nil
            }
        }
        return nil
    }

    func double(_ number: Int) -> Double? {
        integer(number).map { Double(bitPattern: $0) }
    }

    /// A packed field of 64-bit values.
    func packed(_ number: Int) -> [UInt64] {
        guard let bytes = blobs(number).first else { return [] }
        return stride(from: 0, to: bytes.count - 7, by: 8).map { start in
            bytes[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
    }

    /// A packed field of varints.
    func packedVarints(_ number: Int) -> [UInt64] {
        var rest = (blobs(number).first ?? [])[...]
        var values: [UInt64] = []
        while let value = Self.varint(&rest) { values.append(value) }
        return values
    }

    /// A `sint32` field; 0 when it is absent.
    func signed(_ number: Int) -> Int32 {
        let value = integer(number) ?? 0
        return Int32(truncatingIfNeeded: value >> 1) ^ -Int32(truncatingIfNeeded: value & 1)
    }

    /// The `KeyValue`s of a field as `key=value`, text values only.
    func attributes(_ number: Int) -> [String] {
        messages(number).map { "\($0.text(1) ?? "?")=\($0.messages(2).first?.text(1) ?? "?")" }
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
