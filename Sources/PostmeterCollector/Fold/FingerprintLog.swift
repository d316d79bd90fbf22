/// Fingerprints that the fold remembers for a time, in the order they came, with what a checkpoint must write.
///
/// Entries belong to generations of a fixed number of entries. A whole generation is forgotten at once, by
/// rules that look only at entries and accepted-at times: the same journal forgets the same things whenever
/// its checkpoints fall. A generation is taken out by reading its entries back from the database, so memory
/// holds the table alone.
struct FingerprintLog {
    /// Which of the database's logs this is.
    enum Name: String {
        /// Events already counted.
        case seen
        /// Messages under way.
        case messages
    }

    /// Entries of one generation that no checkpoint holds yet: key and value in turn.
    struct Batch: Equatable {
        var generation: UInt64
        var acceptedAt: UInt64
        var words: [UInt64]
    }

    let name: Name
    /// Entries in a generation.
    let generationSize: Int
    /// Entries that are kept; the oldest generation goes when there are more.
    let limit: Int
    /// How long entries are kept, in nanoseconds of accepted-at.
    let lifetime: UInt64

    private var table: FingerprintTable
    private var generations: [(number: UInt64, entries: Int, acceptedAt: UInt64)] = []
    private var entries = 0
    /// What the next checkpoint writes.
    private(set) var pending: [Batch] = []

    init(name: Name, limit: Int, lifetime: UInt64, generationSize: Int = 32_768) {
        self.name = name
        self.limit = max(limit, 2 * generationSize)
        self.lifetime = lifetime
        self.generationSize = generationSize
        table = FingerprintTable(hasWords: name == .messages)
    }

    /// The number of keys that are remembered.
    var count: Int { table.count }

    /// The word of a key, or nil when it is not remembered.
    subscript(key: UInt64) -> UInt64? { table[key] }

    /// Remembers a key with a word; true when it was not remembered before.
    mutating func set(_ value: UInt64, for key: UInt64, at acceptedAt: UInt64) -> Bool {
        append(key: max(key, 1), value: value, at: acceptedAt)
        return table.set(value, for: key)
    }

    /// Takes back what a checkpoint wrote, oldest first.
    mutating func restore(_ batch: Batch) {
        for index in stride(from: 0, to: batch.words.count - 1, by: 2) {
            note(generation: batch.generation, at: batch.acceptedAt)
            _ = table.set(batch.words[index + 1], for: batch.words[index])
        }
    }

    /// The generation that is to be forgotten now, if any: too old, or past the limit, and never the newest.
    func expired(at acceptedAt: UInt64) -> UInt64? {
        guard generations.count > 1, let oldest = generations.first else { return nil }
        let isOld = oldest.acceptedAt &+ lifetime < acceptedAt
        return isOld || entries > limit ? oldest.number : nil
    }

    /// Forgets a generation whose entries were read back: a key goes unless a later entry changed its word.
    mutating func forget(generation: UInt64, batches: [Batch]) {
        let kept = pending.filter { $0.generation == generation }
        for batch in batches + kept {
            for index in stride(from: 0, to: batch.words.count - 1, by: 2)
            where table[batch.words[index]] == batch.words[index + 1] {
                table.remove(batch.words[index])
            }
        }
        pending.removeAll { $0.generation == generation }
        if let index = generations.firstIndex(where: { $0.number == generation }) {
            entries -= generations[index].entries
            generations.remove(at: index)
        }
    }

    /// Says that a checkpoint holds what was pending.
    mutating func didSave() {
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func append(key: UInt64, value: UInt64, at acceptedAt: UInt64) {
        var generation = generations.last?.number ?? 1
        if let last = generations.last, last.entries >= generationSize { generation += 1 }
        note(generation: generation, at: acceptedAt)
        if pending.last?.generation != generation {
            pending.append(Batch(generation: generation, acceptedAt: acceptedAt, words: []))
        }
        let last = pending.count - 1
        pending[last].acceptedAt = acceptedAt
        pending[last].words.append(key)
        pending[last].words.append(value)
    }

    private mutating func note(generation: UInt64, at acceptedAt: UInt64) {
        if generations.last?.number != generation {
            generations.append((generation, 0, acceptedAt))
        }
        generations[generations.count - 1].entries += 1
        generations[generations.count - 1].acceptedAt = acceptedAt
        entries += 1
    }
}
