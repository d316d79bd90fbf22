/// The form that a baggage has as a header.
///
/// Source: W3C Baggage, section 3.3.1.
enum BaggageText {
    private typealias Bytes = Substring.UTF8View

    /// Reads `key = value ; property ; ...`; nil when it is malformed.
    static func member(_ text: Substring.UTF8View) -> Baggage.Member? {
        var parts = text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        guard let first = parts.popFirst(), let (key, value) = pair(first), let value else { return nil }
        var properties: [Baggage.Property] = []
        for part in parts {
            guard let (key, value) = pair(part) else { return nil }
            properties.append(Baggage.Property(key, value))
        }
        return Baggage.Member(key: key, value: value, properties: properties)
    }

    /// Writes a member.
    static func append(_ member: Baggage.Member, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: member.key.utf8)
        bytes.append(UInt8(ascii: "="))
        appendEncoded(member.value, to: &bytes)
        for property in member.properties {
            bytes.append(UInt8(ascii: ";"))
            bytes.append(contentsOf: property.key.utf8)
            guard let value = property.value else { continue }
            bytes.append(UInt8(ascii: "="))
            appendEncoded(value, to: &bytes)
        }
    }

    /// The bytes that ``append(_:to:)`` writes.
    static func length(of member: Baggage.Member) -> Int {
        var length = member.key.utf8.count + 1 + encodedLength(member.value)
        for property in member.properties {
            length += 1 + property.key.utf8.count + (property.value.map { 1 + encodedLength($0) } ?? 0)
        }
        return length
    }

    /// Whether a text is a token of HTTP (RFC 9110, section 5.6.2).
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// `key = value`, or a key alone.
    private static func pair(_ text: Bytes) -> (key: String, value: String?)? {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            let key = String(Substring(trimmed(text)))
            return isToken(key) ? (key, nil) : nil
        }
        let key = String(Substring(trimmed(text[..<equals])))
        let value = trimmed(text[text.index(after: equals)...])
        guard isToken(key), value.allSatisfy(isValueByte) else { return nil }
        return (key, decoded(value))
    }

    private static func trimmed(_ text: Bytes) -> Bytes {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    private static func decoded(_ value: Bytes) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.count)
        var rest = value
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let high = digits.first.flatMap(digit),
                let low = digits.last.flatMap(digit)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func appendEncoded(_ value: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in value.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
    }

    private static func encodedLength(_ value: String) -> Int {
        value.utf8.reduce(0) { $0 + (isPlain($1) ? 1 : 3) }
    }

    /// What a value may hold as it is; the percent sign only as the head of an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "%") && isValueByte(byte)
    }

    /// `baggage-octet`: printable ASCII without space, quote, comma, semicolon and backslash.
    private static func isValueByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2b, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: true
        default: false
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"),
            UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
