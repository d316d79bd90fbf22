/// Bytes that are no message of protobuf.
struct WireDamage: Error {}

/// Reads the fields of a protobuf message one after the other.
///
/// Source: protobuf, "Encoding".
struct WireReader {
    /// What stands in a field, by its wire type.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool {
        rest.isEmpty
    }

    /// The next field, or nil at the end.
    mutating func next() throws(WireDamage) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        let number = Int(truncatingIfNeeded: key >> 3)
        switch key & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed64()))
        case 2: return (number, .bytes(try take(try varint())))
        case 5: return (number, .fixed32(try fixed32()))
        default: throw WireDamage()
        }
    }

    mutating func varint() throws(WireDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            guard let byte = rest.popFirst() else { throw WireDamage() }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw WireDamage()
    }

    mutating func fixed64() throws(WireDamage) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func fixed32() throws(WireDamage) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private mutating func take(_ count: UInt64) throws(WireDamage) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw WireDamage() }
        let end = rest.startIndex + Int(count)
        defer { rest = rest[end...] }
        return rest[..<end]
    }
}
