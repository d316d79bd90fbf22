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
}
