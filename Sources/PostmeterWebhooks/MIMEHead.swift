/// The header fields at the start of a mail as it came over the wire.
///
/// Lines may end in CRLF or LF. Fields end at the first empty line, or where the bytes do: what is a head cut off
/// is read as far as it goes. Source: RFC 5322, section 2.2.
struct MIMEHead {
    private let bytes: UnsafeBufferPointer<UInt8>

    /// Reads nothing yet; the bytes must outlive this.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The first field of this lower-case name, with the line ends that it is folded by; O(bytes).
    subscript(lowercaseName: StaticString) -> UnsafeBufferPointer<UInt8>? {
        var start = 0
        while let end = fieldEnd(from: start) {
            let field = bytes[start..<end]
            if let colon = field.firstIndex(of: UInt8(ascii: ":")) {
                let name = UnsafeBufferPointer(rebasing: bytes[start..<colon])
                if name.equals(anyCase: lowercaseName) {
                    return UnsafeBufferPointer(rebasing: bytes[(colon + 1)..<end])
                }
            }
            start = end
        }
        return nil
    }

    /// Where the field that begins at `start` ends; nil at the empty line and at the end.
    private func fieldEnd(from start: Int) -> Int? {
        guard start < bytes.count, bytes[start] != UInt8(ascii: "\n") else { return nil }
        if bytes[start] == UInt8(ascii: "\r"), start + 1 < bytes.count, bytes[start + 1] == UInt8(ascii: "\n")
        {
            return nil
        }
        var place = start
        while let feed = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
            place = feed + 1
            guard place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 else { return place }
        }
        return bytes.count
    }
}
