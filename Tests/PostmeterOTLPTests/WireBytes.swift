/// Fields of protobuf messages, put together by hand.
enum WireBytes {
    static func varint(_ number: Int, _ value: UInt64) -> [UInt8] {
        variable(UInt64(number << 3)) + variable(value)
    }

    static func fixed64(_ number: Int, _ value: UInt64) -> [UInt8] {
        variable(UInt64(number << 3 | 1)) + plain(value)
    }

    static func double(_ number: Int, _ value: Double) -> [UInt8] {
        fixed64(number, value.bitPattern)
    }

    static func fixed32(_ number: Int, _ value: UInt32) -> [UInt8] {
        variable(UInt64(number << 3 | 5)) + plain(UInt64(value)).prefix(4)
    }

    static func bytes(_ number: Int, _ parts: [UInt8]...) -> [UInt8] {
        let body = parts.flatMap { $0 }
        return variable(UInt64(number << 3 | 2)) + variable(UInt64(body.count)) + body
    }

    static func text(_ number: Int, _ text: String) -> [UInt8] {
        bytes(number, Array(text.utf8))
    }

    static func plain(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func variable(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(truncatingIfNeeded: value) | 0x80] + variable(value >> 7)
    }
}
