/// The value of a header field with parameters: `form-data; name="a"; filename="b.txt"`.
///
/// Source: RFC 9110, section 5.6.6, and RFC 2045, section 5.1. White space and folded lines are taken between
/// all parts. A backslash in a quoted text escapes a quote or a backslash and stands for itself otherwise, as in
/// the paths that some clients send.
struct FieldParameters {
    /// What stands in front of the parameters, as it was sent.
    let value: UnsafeBufferPointer<UInt8>
    private let rest: UnsafeBufferPointer<UInt8>

    /// Splits the bytes, which must outlive this.
    init(_ text: UnsafeBufferPointer<UInt8>) {
        let end = text.firstIndex(of: UInt8(ascii: ";")) ?? text.count
        value = Self.trimmed(text[..<end])
        rest = UnsafeBufferPointer(rebasing: text[end...])
    }

    /// The first parameter with this lower-case name, unescaped; O(bytes).
    ///
    /// Nil when it is not there, and when the parameters cannot be read up to it.
    subscript(lowercaseName: StaticString) -> [UInt8]? {
        var place = 0
        while let name = nextName(&place) {
            guard let bytes = nextValue(&place) else { return nil }
            if name.equals(anyCase: lowercaseName) { return bytes }
        }
        return nil
    }

    /// Goes past `; name =`; nil at the end and when something else stands there.
    private func nextName(_ place: inout Int) -> UnsafeBufferPointer<UInt8>? {
        skipSpace(&place)
        while place < rest.count, rest[place] == UInt8(ascii: ";") {
            place += 1
            skipSpace(&place)
        }
        let start = place
        while place < rest.count, rest[place] != UInt8(ascii: "="), rest[place] != UInt8(ascii: ";") {
            place += 1
        }
        guard place < rest.count, rest[place] == UInt8(ascii: "=") else { return nil }
        defer { place += 1 }
        return Self.trimmed(rest[start..<place])
    }

    /// Goes past a word or a quoted text; nil when a quote is left open.
    private func nextValue(_ place: inout Int) -> [UInt8]? {
        skipSpace(&place)
        let start = place
        guard place < rest.count, rest[place] == UInt8(ascii: "\"") else {
            while place < rest.count, rest[place] != UInt8(ascii: ";") {
                place += 1
            }
            return Array(Self.trimmed(rest[start..<place]))
        }
        var bytes: [UInt8] = []
        place += 1
        while place < rest.count {
            var byte = rest[place]
            place += 1
            if byte == UInt8(ascii: "\"") {
                // What stands between the quote and the next semicolon is no part of a value.
                while place < rest.count, rest[place] != UInt8(ascii: ";") {
                    place += 1
                }
                return bytes
            }
            if byte == UInt8(ascii: "\\"), place < rest.count,
                rest[place] == UInt8(ascii: "\"") || rest[place] == UInt8(ascii: "\\")
            {
                byte = rest[place]
                place += 1
            }
            bytes.append(byte)
        }
        return nil
    }

    private func skipSpace(_ place: inout Int) {
        while place < rest.count, Self.isSpace(rest[place]) {
            place += 1
        }
    }

    private static func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UnsafeBufferPointer<UInt8> {
        var text = text
        while let first = text.first, isSpace(first) {
            text.removeFirst()
        }
        while let last = text.last, isSpace(last) {
            text.removeLast()
        }
        return UnsafeBufferPointer(rebasing: text)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || 0x09...0x0D ~= byte
    }
}
