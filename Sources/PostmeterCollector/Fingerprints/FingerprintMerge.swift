internal import CPrimitives
internal import PostmeterJournal

/// Makes one file of the files of a volume, a range of keys at a time, so that the fold never waits long.
///
/// Whether and when it runs changes no answer: the merged file holds the newest word of every key that its inputs
/// hold, and the filter stays as it is. The inputs are read whole, so they are checked on the way.
final class FingerprintMerge {
    /// Entries that a step is about.
    static let stepEntries = 65_536

    let volume: UInt64
    /// What is merged, oldest first.
    let inputs: [FingerprintFile]
    private let width: Int
    private let writer: FingerprintFileWriter
    private let rangeBits: Int
    private var range = 0
    private var checksums: [UInt32]
    /// One file's entries of a range each; a place in each.
    private var parts: [[UInt64]]
    private var output: [UInt64] = []

    /// Begins the merged file at a path.
    init(
        _ volume: FingerprintVolume, width: Int, path: String, fileSystem: JournalFileSystem,
        stepEntries: Int = stepEntries
    ) throws(FingerprintFileError) {
        self.volume = volume.number
        self.width = width
        inputs = volume.files
        let total = inputs.reduce(0) { $0 + $1.count }
        var rangeBits = 0
        while total >> rangeBits > stepEntries { rangeBits += 1 }
        // A range begins and ends with buckets of every file's directory.
        self.rangeBits = inputs.reduce(rangeBits) { min($0, $1.bits) }
        checksums = inputs.map { _ in 0 }
        parts = inputs.map { _ in [] }
        writer = try FingerprintFileWriter(path: path, width: width, capacity: total, fileSystem: fileSystem)
    }

    /// Merges one range of keys: the merged file, on disk but for its name, after the last one, else nil.
    func step() throws(FingerprintFileError) -> FingerprintFile? {
        for (index, input) in inputs.enumerated() {
            let shift = input.bits - rangeBits
            let low = Int(input.directory[range << shift])
            let high = Int(input.directory[(range + 1) << shift])
            try read(input, low..<high, into: index)
        }
        merge()
        try output.withUnsafeBufferPointer { entries throws(FingerprintFileError) in
            try writer.append(entries)
        }
        range += 1
        guard range == 1 << rangeBits else { return nil }
        return try finish()
    }

    private func read(
        _ input: FingerprintFile, _ entries: Range<Int>, into index: Int
    ) throws(FingerprintFileError) {
        let missing = entries.count * width - parts[index].count
        if missing > 0 { parts[index].append(contentsOf: repeatElement(0, count: missing)) }
        parts[index].removeLast(parts[index].count - entries.count * width)
        var checksum = checksums[index]
        try parts[index].withUnsafeMutableBufferPointer { words throws(FingerprintFileError) in
            try input.read(entries.lowerBound, into: words)
            checksum = pm_crc32c(checksum, words.baseAddress, words.count * 8)
        }
        checksums[index] = checksum
    }

    /// The entries of all parts by rising key; of one key, the newest file's.
    private func merge() {
        output.removeAll(keepingCapacity: true)
        var places = parts.map { _ in 0 }
        while true {
            var least = UInt64.max
            var newest = -1
            for index in parts.indices where places[index] < parts[index].count {
                let key = parts[index][places[index]]
                if key <= least {
                    least = key
                    newest = index
                }
            }
            guard newest >= 0 else { return }
            output.append(least)
            if width == 2 { output.append(parts[newest][places[newest] + 1]) }
            for index in parts.indices
            where places[index] < parts[index].count && parts[index][places[index]] == least {
                places[index] += width
            }
        }
    }

    private func finish() throws(FingerprintFileError) -> FingerprintFile {
        for (input, checksum) in zip(inputs, checksums) where input.record.checksum != checksum {
            throw FingerprintFileError(path: input.path, problem: "it changed since it was written")
        }
        return try writer.finish(
            first: inputs[0].record.first, last: inputs[inputs.count - 1].record.last,
            entries: inputs.reduce(0) { $0 + $1.record.entries },
            acceptedAt: inputs.reduce(0) { max($0, $1.record.acceptedAt) })
    }
}
