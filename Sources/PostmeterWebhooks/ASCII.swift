/// Compares of names in ASCII, where the case of letters does not count.
enum ASCII {
    /// A byte with a letter in lower case.
    static func lowered(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether `text` is this lower-case name.
    static func equals(
        _ text: UnsafeBufferPointer<UInt8>,
        lowercase name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard text.count == name.count else { return false }
        for index in 0..<text.count where lowered(text[index]) != name[index] {
            return false
        }
        return true
    }
}
