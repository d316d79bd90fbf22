import Glibc

/// Searches whose time is in proportion to the bytes looked at.
extension UnsafeRawBufferPointer {
    /// The first place of a byte at `start` or behind it; nil when there is none.
    func index(of byte: UInt8, from start: Int) -> Int? {
        guard let baseAddress, 0..<count ~= start,
            let found = memchr(baseAddress + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// The first place at `start` or behind it of a word whose first byte stands nowhere else in it.
    ///
    /// Nil when there is none. What was compared holds no other beginning of the word, so that no byte is
    /// compared twice, whatever the bytes are.
    func index(ofWord word: [UInt8], from start: Int) -> Int? {
        guard let baseAddress, let first = word.first else { return nil }
        var start = start
        while let found = index(of: first, from: start), count - found >= word.count {
            if memcmp(baseAddress + found, word, word.count) == 0 { return found }
            start = found + 1
        }
        return nil
    }
}
