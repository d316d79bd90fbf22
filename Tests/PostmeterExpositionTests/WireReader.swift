/// Reads the fields of a protocol buffer message, without the code under test.
struct WireReader {
    enum Value: Equatable {
        case number(UInt64)
        case double(Double)
        case bytes([UInt8])
    }

    /// Whether all bytes were read.
    private(set) var isWhole = true
    private(set) var fields: [(number: Int, value: Value)] = []

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while isWhole, !rest.isEmpty { isWhole = read(&rest) }
    }

    /// Reads one field; false when it is cut short.
    private mutating func read(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let tag = Self.varint(&rest) else { return false }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0:
            guard let value = Self.varint(&rest) else { return false }
            fields.append((number, .number(value)))
        case 1:
            guard rest.count >= 8 else { return false }
            let bits = rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
            fields.append((number, .double(Double(bitPattern: bits))))
            rest = rest.dropFirst(8)
        case 2:
            guard let piece = Self.delimited(&rest) else { return false }
            fields.append((number, .bytes(piece)))
        default: return false
        }
        return true
    }

    /// The pieces of a stream of messages, each behind its length; nil when it does not end with one.
    static func messages(_ bytes: [UInt8]) -> [[UInt8]]? {
        var rest = bytes[...]
        var list: [[UInt8]] = []
        while !rest.isEmpty {
            guard let piece = delimited(&rest) else { return nil }
            list.append(piece)
        }
        return list
    }

    static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst(), shift < 64 {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    private static func delimited(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return Array(rest.prefix(Int(length)))
    }

    func number(_ field: Int) -> UInt64 {
        for case (field, .number(let value)) in fields { return value }
        return 0
    }

    /// A number that was written in zigzag form.
    func signed(_ field: Int) -> Int64 {
        Self.zigzag(number(field))
    }

    func double(_ field: Int) -> Double {
        for case (field, .double(let value)) in fields { return value }
        return 0
    }

    func text(_ field: Int) -> String {
        for case (field, .bytes(let value)) in fields { return String(decoding: value, as: UTF8.self) }
        return ""
    }

    func messages(_ field: Int) -> [WireReader] {
        fields.compactMap { number, value in
            guard number == field, case .bytes(let bytes) = value else { return nil }
            return WireReader(bytes)
        }
    }

    func message(_ field: Int) -> WireReader? {
        messages(field).first
    }

    /// Numbers in zigzag form that were written in a row.
    func packedSigned(_ field: Int) -> [Int64] {
        for case (field, .bytes(let bytes)) in fields {
            var rest = bytes[...]
            var list: [Int64] = []
            while let value = Self.varint(&rest) { list.append(Self.zigzag(value)) }
            return list
        }
        return []
    }

    private static func zigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
