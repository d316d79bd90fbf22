import PostmeterModel

/// The bytes that parts of a message take on the wire.
///
/// All field numbers of the protocol's messages are below 16, so every tag is one byte.
/// Source: protocol buffers encoding guide, "Message Structure".
enum WireSize {
    /// A `fixed64`, `sfixed64` or `double` field that is written whatever its value.
    static let fixed64 = 9

    /// A `fixed64` field, which is left out when it is 0.
    @inline(__always)
    static func fixed64(_ value: UInt64) -> Int {
        value == 0 ? 0 : fixed64
    }

    /// A length-delimited field of `count` bytes that is written even when it is empty.
    @inline(__always)
    static func field(_ count: Int) -> Int {
        1 + ProtobufWriter.varintLength(UInt64(count)) + count
    }

    /// A packed field of `count` values of 64 bits, which is left out when there are none.
    @inline(__always)
    static func packed(_ count: Int) -> Int {
        count == 0 ? 0 : field(8 * count)
    }

    /// A `sint32` field, which is left out when it is 0.
    static func signed(_ value: Int32) -> Int {
        guard value != 0 else { return 0 }
        return 1 + ProtobufWriter.varintLength(UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
    }
}
