/// What is read of mail addresses on the way of every event, on their bytes.
enum AddressBytes {
    /// What follows the last `@`, or all of it when there is none.
    static func domain(of address: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = address.count
        while start > 0, address[start - 1] != UInt8(ascii: "@") { start -= 1 }
        return UnsafeBufferPointer(rebasing: address[start...])
    }

    /// The text with `A` to `Z` made small.
    static func lowercased(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for place in bytes.indices { buffer[place] = lowercased(bytes[place]) }
            return bytes.count
        }
    }

    /// A byte, `A` to `Z` made small.
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// Whether something like `name@host.tld` stands in the text.
    ///
    /// It is an `@` behind a character, and later on a dot with two letters behind it. Names of models like
    /// `sonnet@20240620` and `bison@v1.2` are none.
    static func hold(address text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let at = text.firstIndex(of: UInt8(ascii: "@")), at > 0 else { return false }
        for place in at..<max(at, text.count - 2) where text[place] == UInt8(ascii: ".") {
            if isLetter(text[place + 1]), isLetter(text[place + 2]) { return true }
        }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        lowercased(byte) &- UInt8(ascii: "a") < 26
    }
}
