/// A read of the journal that failed, and may work when tried again.
package struct JournalReadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The errno.
    package let code: Int32
    /// The number of the segment.
    package let segment: UInt64

    package init(code: Int32, segment: UInt64) {
        self.code = code
        self.segment = segment
    }

    package var description: String {
        "journal segment \(segment) cannot be read: \(systemMessage(code))"
    }
}

/// Reads a journal's durable records in order, through a buffer of its own.
///
/// Memory: 256 KiB, or one record where that is longer, until the next call. One thread at a time. A record that cannot be read is
/// stepped over and counted; so is one that is gone.
package final class JournalReader {
    /// How often a place is tried before it counts as damaged.
    private static let tries = 3
    /// How often a read is tried again at once: a few times for each of some damaged places.
    private static let patience = 64

    private let journal: Journal
    private let scanner: FrameScanner
    /// The segment being read, as last seen in the table.
    private var segment: SegmentEntry?
    private var failures = 0
    /// The number of the next record to read.
    package private(set) var nextSequence: UInt64
    /// Records that were stepped over because they were damaged or gone.
    package private(set) var skipped: UInt64 = 0

    init(_ journal: Journal, from sequence: UInt64) {
        self.journal = journal
        scanner = FrameScanner(fileSystem: journal.fileSystem)
        nextSequence = sequence == 0 ? journal.firstSequence : sequence
    }

    /// The next record; nil when there is none that is durable.
    ///
    /// Throws when the disk refuses to be read; the call can be made again. A place that stays unreadable, by
    /// an error that means damage, is stepped over at the third try.
    package func next() throws(JournalReadError) -> JournalRecord? {
        while journal.durableEnd > nextSequence {
            guard let segment = try currentSegment() else { return nil }
            let found: Frame?
            do throws(ReadFailure) {
                found = try scanner.next(limit: segment.readableEnd)
                failures = 0
            } catch {
                try recover(from: error, in: segment)
                continue
            }
            if let frame = found {
                // Before the start that was asked for, or void.
                if frame.sequence < nextSequence || frame.sequence >= segment.endSequence { continue }
                if frame.sequence > nextSequence { stepOver(to: frame.sequence, in: segment.number) }
                nextSequence = frame.sequence + 1
                return JournalRecord(
                    sequence: frame.sequence,
                    time: frame.time,
                    kind: frame.kind,
                    payload: frame.payload
                )
            }
            leave(segment)
        }
        // There may be none for long.
        scanner.shrink()
        return nil
    }

    /// The next record, past places that stay unreadable; nil when there is none that is durable.
    ///
    /// Throws when the disk goes on to refuse.
    package func nextPatiently() throws(JournalReadError) -> JournalRecord? {
        var failures = 0
        while true {
            do throws(JournalReadError) {
                return try next()
            } catch {
                failures += 1
                guard failures < Self.patience else { throw error }
            }
        }
    }

    /// The segment that holds the next record, opened.
    private func currentSegment() throws(JournalReadError) -> SegmentEntry? {
        if let segment, nextSequence < segment.endSequence, scanner.isOpen { return segment }
        guard let entry = entryOfNext() else { return nil }
        if entry.firstSequence > nextSequence {
            // Numbers that were never given, or records that were released or lost with their segment.
            let lost = max(nextSequence, entry.firstSequence - entry.abandoned)
            if lost > nextSequence { stepOver(to: lost, in: entry.number) }
            nextSequence = entry.firstSequence
        }
        if entry.number != segment?.number || !scanner.isOpen {
            scanner.closeRead()
            do throws(ReadFailure) {
                try scanner.open(journal.directory.segmentPath(entry.number), codec: entry.codec)
            } catch {
                segment = nil
                // Released since it was looked up, or not readable.
                if entryOfNext()?.number == entry.number { try recover(from: error, in: entry) }
                return try currentSegment()
            }
        }
        segment = entry
        return entry
    }

    private func entryOfNext() -> SegmentEntry? {
        journal.monitor.withLock { shared in
            // Nearly always the last one or the one before, and never many.
            var found: SegmentEntry?
            for entry in shared.segments.reversed() {
                if entry.endSequence <= nextSequence { break }
                found = entry
            }
            return found
        }
    }

    /// Ends with a segment in which no further record was found: those that should be there are counted.
    ///
    /// They were damaged; or the segment was released meanwhile, and its file has become a later one's, of
    /// which no frame is valid here.
    private func leave(_ segment: SegmentEntry) {
        if let now = entryOfNext(), now.number == segment.number, now.readableEnd > segment.readableEnd {
            self.segment = now
        } else {
            stepOver(to: segment.endSequence, in: segment.number)
        }
    }

    private func stepOver(to sequence: UInt64, in segment: UInt64) {
        let records = sequence - nextSequence
        nextSequence = sequence
        skipped += records
        journal.note(JournalDamage(kind: .records, segment: segment, records: records))
    }

    /// Counts a failed read; throws it until the place counts as damaged, which is then stepped over.
    private func recover(from failure: ReadFailure, in segment: SegmentEntry) throws(JournalReadError) {
        failures += 1
        guard failure.isDamage, failures >= Self.tries else {
            throw JournalReadError(code: failure.code, segment: segment.number)
        }
        failures = 0
        if scanner.isOpen {
            scanner.skipBlock()
        } else {
            stepOver(to: segment.endSequence, in: segment.number)
        }
    }
}
