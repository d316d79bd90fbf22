/// 64-bit words as the bytes of a BLOB, little-endian.
enum Words {
    static func encoded(_ words: [UInt64]) -> [UInt8] {
        // The empty array is one global, which this initializer would write to.
        guard !words.isEmpty else { return [] }
        return [UInt8](unsafeUninitializedCapacity: words.count * 8) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (index, word) in words.enumerated() {
                bytes.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
            }
            count = words.count * 8
        }
    }

    /// The words of a BLOB; bytes past the last whole word are left out.
    static func decoded(_ bytes: [UInt8]) -> [UInt64] {
        bytes.withUnsafeBytes { bytes in
            (0..<(bytes.count / 8)).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }
}
