/// Message-IDs in header fields: `<left@right>`, alone or in a list.
package enum MessageIdentifier {
    /// The length of a line of RFC 5322, which a Message-ID cannot outgrow.
    private static let limit = 998

    /// The first id of a field, without its angle brackets; empty when there is none.
    package static func first(in text: UnsafeBufferPointer<UInt8>) -> String {
        guard let open = text.firstIndex(of: UInt8(ascii: "<")),
            let close = text[open...].firstIndex(of: UInt8(ascii: ">"))
        else { return word(in: text[...], fromEnd: false) }
        return line(text[(open + 1)..<close])
    }

    /// The last id of a field, without its angle brackets; empty when there is none.
    package static func last(in text: UnsafeBufferPointer<UInt8>) -> String {
        guard let close = text.lastIndex(of: UInt8(ascii: ">")),
            let open = text[..<close].lastIndex(of: UInt8(ascii: "<"))
        else { return word(in: text[...], fromEnd: true) }
        return line(text[(open + 1)..<close])
    }

    private static func word(in text: Slice<UnsafeBufferPointer<UInt8>>, fromEnd: Bool) -> String {
        // Not split: a field of a large mail may hold millions of words.
        guard fromEnd else { return line(text.drop(while: isBreak).prefix { !isBreak($0) }) }
        guard let last = text.lastIndex(where: { !isBreak($0) }) else { return "" }
        let start = text[..<last].lastIndex(where: isBreak).map { $0 + 1 } ?? text.startIndex
        return line(text[start...last])
    }

    private static func isBreak(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",")
    }

    private static func line(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        String(line: UnsafeBufferPointer(rebasing: text), limit: limit)
    }
}
