import Glibc

extension JSONValue {
    /// Whether the value is exactly this string.
    package func equals(_ text: StaticString) -> Bool {
        utf8?.equals(text) ?? false
    }

    /// A string's text in one line of at most `limit` bytes.
    package func text(limit: Int) -> String? {
        guard let utf8 else { return nil }
        return String(line: utf8, limit: limit)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether the bytes are exactly those of `text`.
    package func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && begins(with: text)
    }

    /// Whether the bytes are those of a lower-case name, whatever the case of their own ASCII letters.
    func equals(anyCase lowercaseName: StaticString) -> Bool {
        ASCII.equals(
            self,
            lowercase: Self(start: lowercaseName.utf8Start, count: lowercaseName.utf8CodeUnitCount)
        )
    }

    /// Whether the first bytes are those of `text`.
    package func begins(with text: StaticString) -> Bool {
        guard let baseAddress, count >= text.utf8CodeUnitCount else { return text.utf8CodeUnitCount == 0 }
        return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}

extension String {
    /// The text of `utf8` in one line of at most `limit` bytes.
    ///
    /// It is cut between characters, bytes that are no UTF-8 are replaced, and controls are turned to spaces: what
    /// comes from a platform may end up in a span, a log line or a page, where CR, LF and NUL do harm.
    init(line utf8: UnsafeBufferPointer<UInt8>, limit: Int) {
        var count = utf8.count
        if count > limit {
            count = limit
            while count > 0, utf8[count] & 0xC0 == 0x80 {
                count -= 1
            }
        }
        let kept = UnsafeBufferPointer(rebasing: utf8[..<count])
        if kept.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            self = String(decoding: kept.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
        } else {
            self = String(decoding: kept, as: UTF8.self)
        }
        // What replaces a byte that is no UTF-8 is three of them.
        if self.utf8.count > limit { self = self.line(limit: limit) }
    }

    /// The text in one line: at most `limit` bytes, cut between characters, controls turned to spaces.
    func line(limit: Int) -> String {
        var text = self
        return text.withUTF8 { String(line: $0, limit: limit) }
    }
}
