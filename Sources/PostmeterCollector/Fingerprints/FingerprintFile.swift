internal import PostmeterJournal

/// A file of fingerprints sorted by key, open for looking them up; it never changes.
///
/// A header of 64 bytes, then entries of one or two little-endian words: the key, and its word in a log that has
/// words. In memory is a directory by the keys' high bits that leaves some hundred entries to be read for a key.
/// Not mapped: what is read stays in the system's cache and is not resident memory of the process.
final class FingerprintFile {
    /// Entries that the directory leaves to be read, about.
    static let bucketEntries = 128
    /// Words that a look-up reads at once.
    static let windowWords = 1_024

    let record: FingerprintFileRecord
    let path: String
    /// Entries in the file, a key once.
    let count: Int
    let width: Int
    /// How many high bits of a key choose its bucket.
    let bits: Int
    /// The index of the first entry of each bucket, and the count behind the last.
    let directory: [UInt32]
    private let file: Int32
    private let fileSystem: JournalFileSystem

    /// Takes over an open file.
    init(
        record: FingerprintFileRecord, path: String, count: Int, width: Int, directory: [UInt32], file: Int32,
        fileSystem: JournalFileSystem
    ) {
        self.record = record
        self.path = path
        self.count = count
        self.width = width
        self.directory = directory
        self.file = file
        self.fileSystem = fileSystem
        bits = (directory.count - 1).trailingZeroBitCount
    }

    deinit {
        fileSystem.close(file)
    }

    /// The place in the directory of a key: its first `bits` bits.
    static func bucket(of key: UInt64, bits: Int) -> Int {
        // A shift by all 64 bits gives 0.
        Int(truncatingIfNeeded: key >> UInt64(64 - bits))
    }

    /// The high bits that leave about ``bucketEntries`` for each bucket.
    static func bits(for count: Int) -> Int {
        var bits = 0
        while bits < 24, count >> bits > bucketEntries { bits += 1 }
        return bits
    }

    /// The word of a key, 0 in a file without words, or nil when the key is not in it.
    ///
    /// - Parameter window: Memory for ``windowWords`` words.
    func word(of key: UInt64, window: UnsafeMutableBufferPointer<UInt64>) throws(FingerprintFileError)
        -> UInt64?
    {
        let bucket = Self.bucket(of: key, bits: bits)
        var low = Int(directory[bucket])
        let end = Int(directory[bucket + 1])
        while low < end {
            let count = min(end - low, window.count / width)
            let part = UnsafeMutableBufferPointer(rebasing: window[..<(count * width)])
            try read(low, into: part)
            if part[(count - 1) * width] >= key { return Self.word(of: key, in: part, width) }
            low += count
        }
        return nil
    }

    /// Reads whole entries from the one at `index` on.
    func read(
        _ index: Int, into words: UnsafeMutableBufferPointer<UInt64>
    ) throws(FingerprintFileError) {
        try fileSystem.readAll(
            file, UnsafeMutableRawBufferPointer(words), at: FingerprintFileHeader.length + index * width * 8,
            of: path)
    }

    private static func word(
        of key: UInt64, in entries: UnsafeMutableBufferPointer<UInt64>, _ width: Int
    ) -> UInt64? {
        var low = 0
        var high = entries.count / width
        while low < high {
            let middle = (low + high) / 2
            if entries[middle * width] < key { low = middle + 1 } else { high = middle }
        }
        guard low * width < entries.count, entries[low * width] == key else { return nil }
        return width == 1 ? 0 : entries[low * width + 1]
    }
}
