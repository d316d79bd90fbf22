extension FingerprintLog {
    /// Forgets the volumes that are too old at a time, or too many; never the one under way.
    mutating func expire(at now: UInt64) {
        while let oldest = ledger.first, oldest.volume < shape.volume(of: generation) {
            let isOld = oldest.acceptedAt &+ shape.lifetime < now
            guard isOld || fullEntries + entries > shape.limit else { return }
            forget(oldest, isEarly: !isOld)
        }
    }

    private mutating func forget(_ oldest: Ledger, isEarly: Bool) {
        if isEarly {
            if events.forgottenEarly == 0 {
                warn(
                    "more than \(shape.limit) entries of \(name.rawValue) are to be remembered: the oldest are forgotten early"
                )
            }
            events.forgottenEarly += UInt64(oldest.entries)
        }
        ledger.removeFirst()
        fullEntries -= oldest.entries
        if merge?.volume == oldest.volume {
            if let mergedFile { folder.remove(mergedFile.path) }
            endMerge()
        }
        let shape = shape
        func isGone(_ generation: UInt64) -> Bool { shape.volume(of: generation) == oldest.volume }
        for generation in full where isGone(generation.number) {
            if let file = generation.file { folder.remove(file.path) }
            pending.settled.append(generation.number)
            pending.batches.removeAll { $0.generation == generation.number }
        }
        full.removeAll { isGone($0.number) }
        pending.named.removeAll { isGone($0.first) }
        pending.unnamed += lost.filter { isGone($0.first) }
        lost.removeAll { isGone($0.first) }
        for index in volumes.indices.reversed() where volumes[index].number == oldest.volume {
            // The files themselves go when no checkpoint names them.
            pending.unnamed += volumes[index].files.map(\.record)
            volumes.remove(at: index)
        }
        filters.set(volumes)
    }
}
