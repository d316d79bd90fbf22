/// The most bytes that parts of a message can take, so that packing needs no pass to measure them.
enum WireBound {
    /// The tag and the length of a field: at most one byte and ten, as all field numbers are below 16.
    static let prefix = 11
    /// A `fixed64`, `sfixed64` or `double` field.
    static let fixed64 = 9
    /// A `sint32` field.
    static let sint32 = 6
    /// A `bool` or small enumeration field.
    static let flag = 2

    /// A length-delimited field of `count` bytes.
    static func field(_ count: Int) -> Int {
        prefix + count
    }

    /// A number in a packed field: seven bits a byte.
    static func varint(_ value: UInt64) -> Int {
        max(1, (64 - value.leadingZeroBitCount + 6) / 7)
    }
}
