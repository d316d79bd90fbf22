extension FingerprintLog {
    /// What a checkpoint writes of a log.
    struct Changes {
        /// Entries since the last checkpoint, of generations that no file holds.
        var batches: [Batch] = []
        /// Generations whose rows go: files hold them now, or they are forgotten.
        var settled: [UInt64] = []
        /// Files that are named from here on.
        var named: [FingerprintFileRecord] = []
        /// Files that are named no longer.
        var unnamed: [FingerprintFileRecord] = []

        /// Adds an entry to the batch of its generation.
        mutating func append(
            _ key: UInt64, _ word: UInt64, width: Int, generation: UInt64, at acceptedAt: UInt64
        ) {
            if batches.last?.generation != generation {
                batches.append(Batch(generation: generation, acceptedAt: acceptedAt, words: []))
            }
            let last = batches.count - 1
            batches[last].acceptedAt = acceptedAt
            batches[last].words.append(key)
            if width == 2 { batches[last].words.append(word) }
        }
    }
}
