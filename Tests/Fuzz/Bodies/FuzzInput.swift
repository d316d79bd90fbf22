/// Takes an input apart, front to back; what is asked for behind its end is 0 or empty.
struct FuzzInput {
    private var left: ArraySlice<UInt8>

    /// Begins at the start of the bytes.
    init(_ bytes: [UInt8]) {
        left = bytes[...]
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { left.isEmpty }

    /// All that is left.
    var rest: [UInt8] { Array(left) }

    /// All that is left, as a header value or a variable would be decoded.
    var text: String { String(decoding: left, as: UTF8.self) }

    /// The next byte.
    mutating func byte() -> UInt8 { left.popFirst() ?? 0 }

    /// The next two bytes, little-endian.
    mutating func short() -> Int { Int(byte()) | Int(byte()) << 8 }

    /// The next bytes, fewer at the end.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { left = left.dropFirst(count) }
        return Array(left.prefix(count))
    }

    /// The text up to the next line feed, or to the end; nil when nothing is left.
    mutating func line() -> String? {
        guard !left.isEmpty else { return nil }
        let end = left.firstIndex(of: 0x0a) ?? left.endIndex
        defer { left = left[end...].dropFirst() }
        return String(decoding: left[..<end], as: UTF8.self)
    }
}
