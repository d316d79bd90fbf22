import PostmeterJournal
import PostmeterModel

extension Spool {
    /// Opens the files, and makes them when there are none: whether they are open.
    func open() -> Bool {
        if journal != nil { return true }
        do {
            let before = JournalCursor.read(
                directory: configuration.directory,
                fileSystem: configuration.fileSystem
            )
            if before == nil,
                let kept = try JournalCursor.keepDamaged(
                    directory: configuration.directory, fileSystem: configuration.fileSystem)
            {
                complain(
                    "the cursor in \(configuration.directory) is damaged; what is there is sent from the oldest "
                        + "on, some of it perhaps again; a copy is kept as \(kept)")
            }
            journal = try openJournal(floor: max(end.sequence, before?.sequence ?? 1))
            cursorFile = try JournalCursor(
                directory: configuration.directory,
                fileSystem: configuration.fileSystem
            )
            try findPlaces(before)
            if before == nil {
                // From now on one that is not there was lost, and not just never needed.
                writeCursor()
            }
            return true
        } catch {
            complain("\(error)")
            closeFiles()
            return false
        }
    }

    func openJournal(floor: UInt64) throws(JournalError) -> Journal {
        var journal = Journal.Configuration(directory: configuration.directory)
        journal.segmentBytes = configuration.limits.segmentBytes
        journal.byteLimit = configuration.limits.byteLimit
        journal.recordBytesLimit = configuration.limits.recordBytes
        journal.pendingBytesLimit = configuration.limits.recordBytes
        journal.retainBytes = 0
        journal.retryNanoseconds = configuration.diskRetry
        journal.preparedSegments = 0
        journal.reusedSegments = 1
        journal.sequenceFloor = floor
        return try Journal.open(
            journal,
            now: clock.unix,
            warn: { [diagnostics, lastWarning] message in
                if lastWarning.change(to: message) { diagnostics.warn("spool: \(message)") }
            },
            fileSystem: configuration.fileSystem
        )
    }

    /// Finds out what waits in a journal that was just opened.
    func findPlaces(_ known: JournalCursor.Value?) throws(JournalReadError) {
        guard let journal else { return }
        let start = known ?? end
        cursor = start
        end.sequence = max(journal.durableEnd, cursor.sequence)
        reader = nil
        head = nil
        if journal.durableEnd <= cursor.sequence {
            (end.items, end.bytes) = (max(end.items, cursor.items), max(end.bytes, cursor.bytes))
            cursor = end
            return
        }
        // The sums go on from the newest record that can be read.
        var newest: SpooledRequest?
        for sequence in [journal.durableEnd - 1, cursor.sequence] where newest == nil {
            let reader = journal.makeReader(from: sequence)
            while let found = try Self.nextPatiently(reader) { newest = found }
        }
        (end.items, end.bytes) = newest.map { ($0.end.items, $0.end.bytes) } ?? (cursor.items, cursor.bytes)
        if known == nil, let first = try Self.nextPatiently(journal.makeReader(from: 0)) {
            cursor = JournalCursor.Value(
                sequence: first.sequence, items: first.record.itemsBefore, bytes: first.record.bytesBefore)
        }
    }
}
