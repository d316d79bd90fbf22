extension FingerprintLog {
    /// Takes back entries of generations that no file holds, oldest first.
    mutating func restore(_ batch: Batch) {
        if batch.generation > generation {
            if entries > 0 { closeGeneration() }
            generation = batch.generation
        }
        let width = name.width
        for index in stride(from: 0, through: batch.words.count - width, by: width) {
            _ = table.set(width == 1 ? 0 : batch.words[index + 1], for: batch.words[index])
            entries += 1
        }
        acceptedAt = batch.acceptedAt
        if entries >= shape.generationEntries { closeGeneration() }
    }

    /// Opens the files that the checkpoint names, oldest first, and removes those that it does not.
    ///
    /// A file that is missing or not what it must be is kept aside, counted and warned of; its entries are
    /// forgotten, and everything else goes on. Call it once, after ``restore(_:)``.
    mutating func open(_ records: [FingerprintFileRecord]) {
        let names = Set(records.filter { !$0.isLost }.map { $0.name(in: name) })
        folder.removeFiles(of: name, except: names)
        for record in records.sorted(by: { $0.first < $1.first }) {
            note(
                volume: shape.volume(of: record.first), entries: Int(clamping: record.entries),
                acceptedAt: record.acceptedAt)
            if record.last >= generation { generation = record.last + 1 }
            if record.isLost {
                lost.append(record)
            } else {
                open(record)
            }
        }
        filters.set(volumes)
    }

    private mutating func open(_ record: FingerprintFileRecord) {
        let volume = volumeToFill(shape.volume(of: record.first))
        do throws(FingerprintFileError) {
            volume.files.append(try folder.open(record, of: name) { volume.add($0) })
        } catch {
            folder.keepAside(folder.path(record.name(in: name)))
            events.lostFiles += 1
            events.lostEntries += record.entries
            warn(
                "\(error); it is kept aside as '.damaged', and the \(record.entries) entries of \(name.rawValue) in it are forgotten"
            )
            if volume.files.isEmpty { volumes.removeAll { $0 === volume } }
            lost.append(record.lost)
            pending.named.append(record.lost)
        }
    }

    /// What it remembers, and what it lost.
    var statistics: FingerprintStatistics {
        var statistics = events
        statistics.entries = fullEntries + entries - lost.reduce(0) { $0 + Int(clamping: $1.entries) }
        statistics.files = volumes.reduce(0) { $0 + $1.files.count }
        statistics.bytes =
            table.bytes + full.reduce(0) { $0 + $1.table.bytes } + volumes.reduce(0) { $0 + $1.bytes }
        return statistics
    }
}
