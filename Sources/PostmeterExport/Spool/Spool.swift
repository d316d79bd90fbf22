import PostmeterJournal
import PostmeterModel

/// What one lane keeps on disk: requests in their order, read from the oldest on.
///
/// The files are made when the first request comes and removed when the last has gone, so that a spool that
/// is not needed takes no disk. A request is kept once ``append(_:)`` says so, through a power cut as well. What
/// was read is passed by ``advance(past:)``, which the end of the process cannot undo.
///
/// Not thread-safe: it belongs to its lane. Its calls block on the disk for as long as a page takes.
final class Spool {
    /// Where a spool lives and how much it may take.
    struct Configuration: Sendable {
        var directory: String
        var signal: ExportSignal
        var limits: SpoolLimits.Lane
        var fileSystem = JournalFileSystem.system
        /// How long the journal leaves a disk alone that refused, in nanoseconds.
        var diskRetry: UInt64 = 500_000_000
    }

    /// How an append ended.
    enum Appended {
        case stored(SpooledRequest)
        /// There is no room, even with all older ones gone.
        case full
        /// The disk refuses; it may work later.
        case failing
        /// Longer than what a segment holds.
        case tooLarge
    }

    /// Requests that were given up by the spool itself.
    struct Dropped {
        /// Items that had to make room for newer ones, by age, or were in places that could not be read.
        var full = 0
        var expired = 0
        var damaged = 0
    }

    let configuration: Configuration
    let clock: ExportClock
    let diagnostics: Diagnostics
    var journal: Journal?
    var cursorFile: JournalCursor?
    var reader: JournalReader?
    /// The place of the oldest request, and that after the newest.
    var cursor = JournalCursor.Value()
    var end = JournalCursor.Value()
    /// The oldest request, once it was read.
    var head: SpooledRequest?
    /// When the last request that was passed had been put here.
    var passedTime: UInt64?
    /// The request that is under way: until its answer comes it does not count as dropped.
    var reserved: SpooledRequest?
    /// What was dropped and not yet taken by ``takeDropped()``.
    var dropped = Dropped()
    /// When the cursor was last put on disk, by the clock.
    var syncedAt: UInt64 = 0
    var isUnsynced = false
    /// Whether the disk refused the cursor, so that the one there is behind: no file may go meanwhile.
    var isUnwritten = false
    var complaint: String?
    /// What the journal said last: it tries a disk that refuses again and again, and says so each time.
    let lastWarning = SharedText()

    init(_ configuration: Configuration, clock: ExportClock, diagnostics: Diagnostics) {
        self.configuration = configuration
        self.clock = clock
        self.diagnostics = diagnostics
    }

    /// Whether nothing waits in it.
    var isEmpty: Bool { cursor.sequence >= end.sequence }
    /// Items of all requests that wait.
    var items: Int { Int(clamping: end.items &- min(cursor.items, end.items)) }
    /// Bytes of the files on disk.
    var diskBytes: Int { journal.map { $0.statistics.bytes } ?? 0 }
    /// When the oldest request was put here, or the last one before it, in nanoseconds since the Unix epoch; nil
    /// when neither is known.
    var oldestTime: UInt64? { isEmpty ? nil : head?.time ?? passedTime }

    /// Opens what an earlier process left; nothing happens where it left nothing.
    ///
    /// - Returns: False when there is something and it cannot be opened.
    func openExisting() -> Bool {
        guard journal == nil else { return true }
        do {
            guard try Journal.holdsSegments(configuration.directory) else { return true }
        } catch {
            complain("\(error)")
            return false
        }
        return open()
    }

    /// Takes the counts of what the spool dropped since the last call.
    func takeDropped() -> Dropped {
        defer { dropped = Dropped() }
        return dropped
    }

    /// Puts a request behind all others, and makes room for it by dropping the oldest.
    func append(_ batch: LaneBatch, _ body: [UInt8], isCompressed: Bool) async -> Appended {
        guard open() else { return .failing }
        let record = SpoolRecord(
            signal: configuration.signal,
            isCompressed: isCompressed,
            isDifferences: batch.isDifferences,
            items: batch.items,
            itemsBefore: end.items,
            bytesBefore: end.bytes
        )
        dropExpired()
        while true {
            // It is another one when the files were begun anew.
            guard let journal = self.journal else { return .failing }
            switch await Self.append(record.header, body, to: journal) {
            case .success(let position):
                let request = SpooledRequest(
                    record: record, sequence: position.sequence, time: position.time, body: body)
                (end.sequence, end.items, end.bytes) = request.end
                complaint = nil
                return .stored(request)
            case .failure(.full):
                catchUp()
                guard !isUnwritten, makeRoom() else { return isUnwritten ? .failing : .full }
            case .failure(.tooLarge):
                return .tooLarge
            case .failure(let error):
                complain("\(error)")
                return .failing
            }
        }
    }

    static func append(
        _ header: [UInt8],
        _ body: [UInt8],
        to journal: Journal
    ) async -> Result<JournalPosition, JournalError> {
        await withCheckedContinuation { continuation in
            journal.append(
                kind: SpoolRecord.kind,
                count: header.count + body.count,
                onDurable: { continuation.resume(returning: $0) },
                fill: { payload in
                    payload.copyBytes(from: header)
                    UnsafeMutableRawBufferPointer(rebasing: payload[header.count...]).copyBytes(from: body)
                }
            )
        }
    }

    /// The oldest request, without those that are too old; nil when there is none, or none can be read now.
    func first() -> SpooledRequest? {
        dropExpired()
        while !isEmpty {
            guard let head = head ?? readHead() else { return nil }
            self.head = head
            guard isExpired(head.time) else { return head }
            dropped.expired += head.record.items
            advance(past: head)
        }
        return nil
    }

    /// Passes a request that was taken by the receiver or given up.
    func advance(past request: SpooledRequest) {
        // It may have been dropped while it was under way.
        guard request.end.sequence > cursor.sequence else { return }
        passedTime = request.time
        move(
            to: JournalCursor.Value(
                sequence: request.end.sequence, items: request.end.items, bytes: request.end.bytes))
    }

    /// Closes the files, and removes them when nothing is in them.
    func close() {
        guard journal != nil else { return }
        catchUp()
        if isEmpty {
            removeFiles()
        } else {
            syncCursor()
            closeFiles()
        }
    }

    /// Removes the files of a spool in which nothing waits.
    func removeFiles() {
        guard isEmpty, journal != nil else { return }
        // The cursor goes on: a journal begun anew goes on with the numbers from there, so that a process that
        // ends in between passes nothing over.
        syncCursor()
        closeFiles()
        do {
            try Journal.removeAll(in: configuration.directory, fileSystem: configuration.fileSystem)
        } catch {
            complain("\(error)")
        }
    }

    func closeFiles() {
        reader = nil
        head = nil
        journal?.close()
        journal = nil
        cursorFile = nil
    }

    /// Reads the oldest request; what lies before it and cannot be read is passed and counted.
    func readHead() -> SpooledRequest? {
        guard let journal, !isEmpty else { return nil }
        let reader = reader ?? journal.makeReader(from: cursor.sequence)
        self.reader = reader
        do {
            guard let found = try Self.nextOrThrow(reader) else {
                // All that is left was damaged.
                dropped.damaged += items
                move(to: end)
                return nil
            }
            let gap = found.record.itemsBefore > cursor.items ? found.record.itemsBefore - cursor.items : 0
            dropped.damaged += Int(clamping: gap)
            cursor = JournalCursor.Value(
                sequence: found.sequence, items: found.record.itemsBefore, bytes: found.record.bytesBefore)
            return found
        } catch {
            // The same reader is asked again: it steps over a place that stays unreadable.
            complain("\(error)")
            return nil
        }
    }

    /// The next request that can be read; nil when there is none.
    static func next(_ reader: JournalReader) -> SpooledRequest? {
        try? nextPatiently(reader)
    }

    /// The next request, past places that stay unreadable; throws when the disk refuses for another reason.
    static func nextPatiently(_ reader: JournalReader) throws(JournalReadError) -> SpooledRequest? {
        while let record = try reader.nextPatiently() {
            if let request = SpooledRequest(record) { return request }
        }
        return nil
    }

    private static func nextOrThrow(_ reader: JournalReader) throws(JournalReadError) -> SpooledRequest? {
        while let record = try reader.next() {
            if let request = SpooledRequest(record) { return request }
        }
        return nil
    }

    /// Moves the cursor on and gives up segments that are behind it.
    func move(to place: JournalCursor.Value) {
        guard let journal else { return }
        cursor = place
        if reader.map({ $0.nextSequence != place.sequence }) ?? false { reader = nil }
        head = nil
        writeCursor()
        let leavesSegment = journal.oldestSegment.map { $0.endSequence <= place.sequence } ?? false
        // Before a file goes, the cursor must be known not to point into it.
        if leavesSegment || clock.seconds(since: syncedAt) >= 1 { syncCursor() }
        if leavesSegment, !isUnwritten { journal.release(before: place.sequence) }
    }

    func writeCursor() {
        isUnwritten = cursorFile?.write(cursor) == false
        if isUnwritten { complain("the cursor cannot be written") }
        isUnsynced = true
    }

    /// Writes the cursor that the disk refused before, and lets go of the files that had to wait for that.
    func catchUp() {
        guard isUnwritten, let journal else { return }
        writeCursor()
        guard !isUnwritten else { return }
        syncCursor()
        journal.release(before: cursor.sequence)
    }

    func syncCursor() {
        guard isUnsynced else { return }
        if cursorFile?.sync() == false { complain("the cursor cannot be put on disk") }
        isUnsynced = false
        syncedAt = clock.now()
    }

    /// Reports what is wrong, once until something works again.
    func complain(_ message: String) {
        guard complaint != message else { return }
        complaint = message
        diagnostics.warn("the spool in \(configuration.directory): \(message)")
    }
}
