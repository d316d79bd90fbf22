/// User and password of a request.
///
/// Source: RFC 7617. Not described anywhere, so that a password does not find its way into a log.
struct BasicCredentials: Sendable, Equatable, CustomStringConvertible {
    let user: [UInt8]
    let password: [UInt8]

    /// Bytes of both together that are looked at.
    static let limit = 1_024

    /// Reads the value of an `Authorization` field; nil when it is of another scheme, damaged or too long.
    init?(_ field: String) {
        let scheme = field.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard scheme.count == 5, HTTPHeaders.isSame(String(Substring(scheme)), "Basic"),
            field.utf8.count <= 16 + (Self.limit * 4 + 2) / 3
        else {
            return nil
        }
        let text = field.utf8.dropFirst(5).drop { $0 == UInt8(ascii: " ") }
        guard let bytes = Self.decode(text), bytes.count <= Self.limit,
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else {
            return nil
        }
        user = Array(bytes[..<colon])
        password = Array(bytes[(colon + 1)...])
    }

    var description: String { "credentials" }

    /// The bytes that a Base64 text with its padding stands for; nil when it is not one.
    private static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        guard !text.isEmpty, text.count % 4 == 0 else {
            return nil
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in text.dropLast(padding) {
            guard let value = value(of: byte) else {
                return nil
            }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
