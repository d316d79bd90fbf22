internal import CPrimitives

/// The sealed entries of some generations that are forgotten together: their files, and one filter before them.
final class FingerprintVolume {
    /// Bits of the filter for each key: one foreign key in a hundred passes.
    static let filterBits = 10

    let number: UInt64
    /// Blocks of the filter.
    let blocks: UInt64
    /// The filter over the keys of all files; bits are only ever added.
    let filter: UnsafeMutablePointer<UInt64>
    /// The files, oldest first.
    var files: [FingerprintFile] = []
    /// Whether its files could not be made one, which is then left to the next start.
    var isLeftAsItIs = false

    /// An empty volume.
    init(number: UInt64, blocks: UInt64) {
        self.number = number
        self.blocks = blocks
        let words = Int(blocks) * PM_FILTER_WORDS
        filter = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        filter.initialize(repeating: 0, count: words)
    }

    deinit {
        filter.deallocate()
    }

    /// Blocks of 512 bits for so many keys.
    static func blocks(for keys: Int) -> UInt64 {
        UInt64(max(1, (keys * filterBits + 511) / 512))
    }

    /// Adds a key to the filter.
    func add(_ key: UInt64) {
        pm_filter_add(filter, blocks, key)
    }

    /// Memory of the filter and the directories in bytes.
    var bytes: Int { Int(blocks) * 64 + files.reduce(0) { $0 + $1.directory.count * 4 } }
}
