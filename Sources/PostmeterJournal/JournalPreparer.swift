import CPrimitives
import Glibc

/// The thread that makes segments ahead and puts old ones away, so that the writer never waits for either.
final class JournalPreparer {
    private let journal: Journal
    private let fileSystem: JournalFileSystem
    /// When to try again after a failure, by the monotonic clock.
    private var retryAt: UInt64?

    init(_ journal: Journal) {
        self.journal = journal
        fileSystem = journal.fileSystem
    }

    private enum Work {
        case make(UInt64)
        case reuse(DiscardedSegment, as: UInt64)
        case remove(DiscardedSegment)
        case stop
    }

    func run() {
        while true {
            let (path, segmentBytes) = (journal.directory.path, journal.configuration.segmentBytes)
            switch nextWork() {
            case .stop: return
            case nil: retryAt = nil
            case .remove(let segment):
                _ = fileSystem.unlink(journal.directory.segmentPath(segment.number))
                _ = fileSystem.syncDirectory(path)
            case .reuse(let segment, let number):
                if reuse(segment, as: number) == 0 {
                    deliver(PreparedSegment(number: number, fileBytes: segmentBytes))
                } else {
                    // A fresh one is made in its place.
                    removeUnfinished(number)
                }
            case .make(let number):
                let result = make(number)
                if result == 0 {
                    deliver(PreparedSegment(number: number, fileBytes: segmentBytes))
                } else {
                    giveUp(number, code: -result)
                }
            }
        }
    }

    private func nextWork() -> Work? {
        let mayTry = retryAt == nil
        return journal.monitor.wait(for: .preparer, until: retryAt) { shared in
            let hasRoom = shared.canPrepare(journal.configuration) && !shared.preparerStops
            if let discard = shared.discards.first {
                shared.discards.removeFirst()
                let isWelcome =
                    shared.prepared.count < journal.configuration.reusedSegments && !shared.isClosing
                guard hasRoom, discard.isReusable, isWelcome || shared.isSegmentWanted else {
                    return .remove(discard)
                }
                shared.nextNumber += 1
                return .reuse(discard, as: shared.nextNumber - 1)
            }
            if shared.preparerStops { return .stop }
            let isLow = shared.prepared.count < journal.configuration.preparedSegments
            guard hasRoom, shared.isSegmentWanted || (mayTry && isLow && !shared.isClosing) else {
                return nil
            }
            shared.nextNumber += 1
            return .make(shared.nextNumber - 1)
        }
    }

    private func deliver(_ segment: PreparedSegment) {
        retryAt = nil
        journal.monitor.withLock { shared in
            shared.prepared.append(segment)
            shared.preparerFailure = nil
            shared.isSegmentWanted = false
            // A long record may have taken the room while this one was made.
            shared.dropSurplus(journal.configuration)
            journal.monitor.wake(.writer)
        }
    }

    private func giveUp(_ number: UInt64, code: Int) {
        removeUnfinished(number)
        retryAt = pm_clock_monotonic() + journal.configuration.retryNanoseconds
        journal.monitor.withLock { shared in
            if shared.isSegmentWanted {
                shared.isSegmentWanted = false
                shared.preparerFailure = Int32(code)
                journal.monitor.wake(.writer)
            }
        }
        journal.warn(
            "journal \(journal.directory.path): no new segment could be made: \(systemMessage(Int32(code)))"
        )
    }

    private func removeUnfinished(_ number: UInt64) {
        _ = fileSystem.unlink(journal.directory.temporaryPath(number))
        _ = fileSystem.unlink(journal.directory.segmentPath(number))
    }

    /// Makes a segment from nothing: 0, or the negated errno.
    ///
    /// Its blocks are written once: a sync of reserved but unwritten blocks takes nearly twice as long.
    private func make(_ number: UInt64) -> Int {
        let temporary = journal.directory.temporaryPath(number)
        let bytes = journal.configuration.segmentBytes
        let file = fileSystem.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        guard file >= 0 else { return Int(file) }
        defer { fileSystem.close(file) }
        var result = Int(fileSystem.allocate(file, bytes))
        // Not every file system can reserve; the zeros below do it there.
        if result == Int(-EOPNOTSUPP) || result == Int(-EINVAL) { result = 0 }
        let zeros = [UInt8](repeating: 0, count: min(bytes, 1 << 20))
        var offset = 0
        while result == 0, offset < bytes {
            let count = min(zeros.count, bytes - offset)
            result = zeros.withUnsafeBytes { block in
                fileSystem.writeAll(file, UnsafeRawBufferPointer(rebasing: block[..<count]), at: offset)
            }
            offset += count
        }
        guard result == 0 else { return result }
        return finish(file, temporary, number)
    }

    /// Makes a segment of one that is no longer needed: 0, or the negated errno.
    ///
    /// What it holds stays: no frame of it is valid under the new number. The name goes first, so that a crash
    /// in between leaves a file in the making and not a segment with a stranger's header.
    private func reuse(_ segment: DiscardedSegment, as number: UInt64) -> Int {
        let temporary = journal.directory.temporaryPath(number)
        let from = journal.directory.segmentPath(segment.number)
        let renamed = fileSystem.rename(from, temporary)
        guard renamed == 0 else {
            _ = fileSystem.unlink(from)
            return Int(renamed)
        }
        _ = fileSystem.syncDirectory(journal.directory.path)
        // Somebody keeps what it holds under another name. Under this one nobody finds it any more, so nobody begins
        // to after this look.
        guard fileSystem.identity(temporary).map({ $0.names < 2 }) ?? false else { return Int(-EMLINK) }
        let file = fileSystem.open(temporary, O_WRONLY)
        guard file >= 0 else { return Int(file) }
        defer { fileSystem.close(file) }
        return finish(file, temporary, number)
    }

    /// Writes the header of a prepared segment, syncs the file and gives it its name: 0, or the negated errno.
    private func finish(_ file: Int32, _ temporary: String, _ number: UInt64) -> Int {
        let header = SegmentHeader(number: number, salt: journal.salt).encoded()
        let written = header.withUnsafeBytes { fileSystem.writeAll(file, $0, at: 0) }
        guard written == 0 else { return written }
        let synced = fileSystem.fdatasync(file)
        guard synced == 0 else { return Int(synced) }
        let renamed = fileSystem.rename(temporary, journal.directory.segmentPath(number))
        guard renamed == 0 else { return Int(renamed) }
        return Int(fileSystem.syncDirectory(journal.directory.path))
    }
}
