extension FingerprintLog {
    /// What the next checkpoint must write, with every file that it names on disk under its name.
    ///
    /// Whatever then happens, all is as it was: files that come to no checkpoint have no name, and the next try,
    /// or the next start, makes them again.
    mutating func changes() throws(FingerprintFileError) -> Changes {
        try seal()
        let merged = stepMerge()
        let sealed = full.filter { $0.file != nil }
        var changes = pending
        let numbers = Set(sealed.map(\.number))
        changes.batches.removeAll { numbers.contains($0.generation) }
        changes.settled += sealed.map(\.number)
        changes.named += sealed.compactMap { $0.file?.record }
        if let merged {
            changes.named.append(merged.record)
            changes.unnamed += merge?.inputs.map(\.record) ?? []
        }
        if !changes.named.isEmpty { try folder.sync() }
        return changes
    }

    /// Says that a checkpoint holds what ``changes()`` gave; nothing may have come in between.
    mutating func didSave() {
        let gone = pending.unnamed
        pending = Changes()
        for generation in full {
            guard let file = generation.file else { continue }
            let volume = volumeToFill(shape.volume(of: generation.number))
            generation.table.forEach { key, _ in volume.add(key) }
            volume.files.append(file)
        }
        takeBackTable()
        full.removeAll { $0.file != nil }
        if let merge, let merged = mergedFile {
            volumes.first { $0.number == merge.volume }?.files = [merged]
            for input in merge.inputs { folder.remove(input.path) }
            endMerge()
        }
        for record in gone where !record.isLost { folder.remove(folder.path(record.name(in: name))) }
        filters.set(volumes)
    }

    /// Writes the files of full generations.
    private mutating func seal() throws(FingerprintFileError) {
        guard !full.isEmpty else { return }
        try folder.make()
        for generation in full where generation.file == nil {
            let path = folder.path(name.file(generation.number, generation.number))
            let writer = try FingerprintFileWriter(
                path: path, width: name.width, capacity: generation.table.count, fileSystem: folder.fileSystem
            )
            let entries = generation.table.sorted()
            try entries.withUnsafeBufferPointer { entries throws(FingerprintFileError) in
                try writer.append(entries)
            }
            generation.file = try writer.finish(
                first: generation.number, last: generation.number, entries: UInt64(generation.entries),
                acceptedAt: generation.acceptedAt)
        }
    }

    /// The volume of a number, made when it is not there.
    mutating func volumeToFill(_ number: UInt64) -> FingerprintVolume {
        let index = volumes.firstIndex { $0.number >= number } ?? volumes.count
        if index < volumes.count, volumes[index].number == number { return volumes[index] }
        let volume = FingerprintVolume(
            number: number, blocks: FingerprintVolume.blocks(for: shape.volumeEntries))
        volumes.insert(volume, at: index)
        return volume
    }

    /// Goes on in the large table of a generation that was sealed, so that a new one need not grow beside it.
    private mutating func takeBackTable() {
        guard let last = full.last, last.file != nil, last.table.bytes > table.bytes else { return }
        last.table.removeAll()
        table.forEach { key, word in _ = last.table.set(word, for: key) }
        swap(&table, &last.table)
    }

    // MARK: Merging

    /// Does a part of what is to be merged; the merged file once it is whole.
    ///
    /// When it cannot be done, the files stay as they are: a look-up is slower, and as good.
    private mutating func stepMerge() -> FingerprintFile? {
        if let mergedFile { return mergedFile }
        do throws(FingerprintFileError) {
            if merge == nil, let volume = volumeToMerge() {
                let file = name.file(
                    volume.files[0].record.first, volume.files[volume.files.count - 1].record.last)
                merge = try FingerprintMerge(
                    volume, width: name.width, path: folder.path(file),
                    fileSystem: folder.fileSystem)
            }
            mergedFile = try merge?.step()
            return mergedFile
        } catch {
            warn("files of fingerprints stay apart: \(error)")
            let number = merge?.volume ?? volumeToMerge()?.number
            volumes.first { $0.number == number }?.isLeftAsItIs = true
            endMerge()
            return nil
        }
    }

    /// The oldest volume that is whole and in more than one file.
    private func volumeToMerge() -> FingerprintVolume? {
        let open = shape.volume(of: full.first?.number ?? generation)
        return volumes.first { $0.number < open && $0.files.count > 1 && !$0.isLeftAsItIs }
    }

    mutating func endMerge() {
        merge = nil
        mergedFile = nil
    }
}
