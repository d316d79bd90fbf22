/// Fingerprints that the fold remembers for at least a given time: recent ones in memory, older ones in files.
///
/// Entries are numbered as they come and belong to generations of a fixed number of entries, and generations to
/// volumes. A generation that is full is sealed by the next checkpoint: sorted into a file. The files of a volume
/// are made one, in steps. A volume is forgotten whole, when its last entry is older than the lifetime, or when
/// there are more entries than the limit; the volume under way is not. These rules look only at entries and
/// accepted-at times, and where an entry stands changes no answer: the same journal gives the same answers
/// and forgets the same entries wherever its checkpoints fall.
///
/// So a key is remembered for the lifetime at least, unless the limit forgets it early, which is counted, and
/// then until the rest of its volume is as old. One thread owns it.
struct FingerprintLog: ~Copyable {
    /// Which of the database's logs this is.
    enum Name: String, Sendable, CaseIterable {
        /// Events already counted: keys alone.
        case seen
        /// Messages under way: keys with a word.
        case messages

        /// Words of an entry.
        var width: Int { self == .seen ? 1 : 2 }
    }

    /// How much a log remembers.
    struct Shape: Sendable {
        /// Entries of a generation: what is in memory.
        var generationEntries: Int
        /// Generations of a volume.
        var volumeGenerations: UInt64 = 8
        /// Entries that are kept; the oldest volume goes when there are more.
        var limit: Int
        /// How long entries are kept at least, in nanoseconds of accepted-at.
        var lifetime: UInt64

        var volumeEntries: Int { generationEntries * Int(volumeGenerations) }

        /// The volume that a generation belongs to.
        func volume(of generation: UInt64) -> UInt64 { (generation - 1) / volumeGenerations + 1 }
    }

    /// Entries of one generation that no checkpoint holds yet, as they came: `width` words each.
    struct Batch: Equatable {
        var generation: UInt64
        /// The accepted-at time of the last one.
        var acceptedAt: UInt64
        var words: [UInt64]
    }

    /// What is known of a volume whether its entries are still there or not.
    struct Ledger {
        var volume: UInt64
        var entries: Int
        var acceptedAt: UInt64
    }

    let name: Name
    let shape: Shape
    let folder: FingerprintFolder
    let warn: @Sendable (String) -> Void

    /// The generation under way.
    var table: GenerationTable
    var generation: UInt64 = 1
    /// Entries of the generation under way, those counted that came again.
    var entries = 0
    var acceptedAt: UInt64 = 0
    /// Generations that are full and no file holds, oldest first: none, but right before a checkpoint.
    var full: [FullGeneration] = []
    /// What is in files, oldest first.
    var volumes: [FingerprintVolume] = []
    var filters: FingerprintFilters
    /// The volumes of full generations, oldest first.
    var ledger: [Ledger] = []
    /// Entries of full generations.
    var fullEntries = 0
    /// What the next checkpoint writes.
    var pending = Changes()
    var merge: FingerprintMerge?
    /// What the merge came to, once it is whole; no checkpoint names it yet.
    var mergedFile: FingerprintFile?
    /// Files that were lost, as long as what they held would be remembered.
    var lost: [FingerprintFileRecord] = []
    /// What happened to it; sizes are filled in by ``statistics``.
    var events = FingerprintStatistics()
    private let window = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: FingerprintFile.windowWords)

    init(
        name: Name, shape: Shape, folder: FingerprintFolder,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.name = name
        var shape = shape
        // So many volumes can be asked at once; the one under way and the one to be forgotten count as well.
        shape.limit = min(
            max(shape.limit, shape.volumeEntries), (FingerprintFilters.limit - 2) * shape.volumeEntries)
        self.shape = shape
        self.folder = folder
        self.warn = warn
        table = GenerationTable(width: name.width)
        filters = FingerprintFilters(blocks: FingerprintVolume.blocks(for: shape.volumeEntries))
    }

    deinit {
        window.deallocate()
    }

    /// Remembers a key of a log without words; true when it was not remembered before.
    mutating func insert(_ key: UInt64, at acceptedAt: UInt64) -> Bool {
        let key = max(key, 1)
        filters.prefetch(key)
        if table[key] != nil { return false }
        if !full.isEmpty, wordInFull(key) != nil { return false }
        let mask = filters.probe(key)
        if mask != 0, wordInFiles(key, mask) != nil { return false }
        append(key, 0, at: acceptedAt)
        return true
    }

    /// The newest word of a key, or nil when it is not remembered.
    mutating func word(of key: UInt64) -> UInt64? {
        let key = max(key, 1)
        filters.prefetch(key)
        if let word = table[key] { return word }
        if !full.isEmpty, let word = wordInFull(key) { return word }
        let mask = filters.probe(key)
        return mask == 0 ? nil : wordInFiles(key, mask)
    }

    /// Remembers a word for a key from here on.
    mutating func set(_ word: UInt64, for key: UInt64, at acceptedAt: UInt64) {
        append(max(key, 1), word, at: acceptedAt)
    }

    /// Ends the generation under way.
    mutating func closeGeneration() {
        var closed = GenerationTable(width: name.width)
        swap(&closed, &table)
        full.append(
            FullGeneration(number: generation, entries: entries, acceptedAt: acceptedAt, table: closed))
        note(volume: shape.volume(of: generation), entries: entries, acceptedAt: acceptedAt)
        generation += 1
        entries = 0
    }

    /// Counts the entries of a full generation to its volume.
    mutating func note(volume: UInt64, entries: Int, acceptedAt: UInt64) {
        fullEntries += entries
        let index = ledger.firstIndex { $0.volume >= volume } ?? ledger.count
        if index == ledger.count || ledger[index].volume != volume {
            ledger.insert(Ledger(volume: volume, entries: 0, acceptedAt: 0), at: index)
        }
        ledger[index].entries += entries
        ledger[index].acceptedAt = max(ledger[index].acceptedAt, acceptedAt)
    }

    private mutating func append(_ key: UInt64, _ word: UInt64, at acceptedAt: UInt64) {
        _ = table.set(word, for: key)
        entries += 1
        self.acceptedAt = acceptedAt
        pending.append(key, word, width: name.width, generation: generation, at: acceptedAt)
        if entries == shape.generationEntries { closeGeneration() }
    }

    @inline(never)
    private func wordInFull(_ key: UInt64) -> UInt64? {
        for index in full.indices.reversed() {
            if let word = full[index].table[key] { return word }
        }
        return nil
    }

    @inline(never)
    private mutating func wordInFiles(_ key: UInt64, _ mask: UInt64) -> UInt64? {
        var mask = mask
        while mask != 0 {
            let index = UInt64.bitWidth - 1 - mask.leadingZeroBitCount
            mask &= ~(1 << UInt64(index))
            for file in volumes[index].files.reversed() {
                do {
                    if let word = try file.word(of: key, window: window) { return word }
                } catch {
                    if events.failedReads == 0 { warn("a file of fingerprints cannot be read: \(error)") }
                    events.failedReads += 1
                }
            }
        }
        return nil
    }
}
