extension MailAddress {
    /// The text with the local part of each address in it replaced by `_`.
    ///
    /// What a server says about a bounce often quotes the recipient, whose address telemetry must not hold.
    package static func masking(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "@")) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            if byte == UInt8(ascii: "@") {
                let length = result.count
                dropLocalPart(from: &result)
                if result.count < length {
                    result.append(UInt8(ascii: "_"))
                }
            }
            result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Drops the word at the end of `text`, or the quoted words.
    private static func dropLocalPart(from text: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        if text.last == quote, let open = text.dropLast().lastIndex(of: quote) {
            text.removeSubrange(open...)
        }
        while let last = text.last, isLocalPart(last) {
            text.removeLast()
        }
    }

    /// Whether a byte may belong to the word in front of an `@`.
    private static func isLocalPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\""),
            UInt8(ascii: "@"):
            false
        default: byte > 0x20 && byte != 0x7F
        }
    }
}
