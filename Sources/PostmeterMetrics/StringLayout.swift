import CPrimitives

/// The two words of a String, which a look-up reads without the reference counting of the public ways.
///
/// Their layout is private to the standard library, so it is put to the test before it is relied on; with an
/// unknown layout every look-up takes the public way.
enum StringLayout {
    typealias Words = (UInt64, UInt64)

    /// Whether strings of every form are where `pm_bytes.h` says.
    static let isKnown: Bool = {
        guard MemoryLayout<String>.size == 16, MemoryLayout<UInt>.size == 8 else { return false }
        var grown = "grown"
        grown.reserveCapacity(200)  // large in form, small in content
        let long = "a literal that is longer than fifteen bytes"
        let samples = [
            "", "a", "seven77", "eight888", "fifteen bytes 5", "sechzehn Bytes 6", "älter",
            "größer als fünfzehn",
            long, String(long.dropFirst(3)), String(repeating: "ab", count: 40), grown + "", String(12_345),
            String(decoding: [0xf0, 0x9f, 0x93, 0xac], as: UTF8.self), "nul \0 inside a longer text",
        ]
        return samples.allSatisfy(matches)
    }()

    /// Whether the words of a string lead to its bytes, if they claim to.
    private static func matches(_ text: String) -> Bool {
        let words = unsafeBitCast(text, to: Words.self)
        let bytes = Array(text.utf8)
        return withExtendedLifetime(text) {
            if pm_string_is_small(words.1) {
                guard pm_string_small_count(words.1) == bytes.count, bytes.count <= 15 else { return false }
                return withUnsafeBytes(of: words) { Array($0.prefix(bytes.count)) == bytes }
            }
            guard pm_string_is_direct(words.0, words.1) else { return true }
            guard pm_string_count(words.0) == bytes.count else { return false }
            var copy = text
            return copy.withUTF8 { $0.baseAddress == pm_string_bytes(words.1) }
        }
    }
}
