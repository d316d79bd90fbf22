internal import CPrimitives
internal import PostmeterJournal
internal import Synchronization

/// Runs the fold on a thread of its own: reads the journal in order, checkpoints, and trims behind.
final class FoldThread: Sendable {
    /// How often a checkpoint is written while there is something to write.
    static let checkpointNanoseconds: UInt64 = 1_000_000_000
    /// How many records are folded before a checkpoint is written in any case.
    static let checkpointRecords = 20_000

    /// How often the journal's segments are held against their age while nothing comes in.
    private static let ageNanoseconds: UInt64 = 60_000_000_000

    /// The sequence number of the first record that is not folded.
    let position: Atomic<UInt64>
    /// The accepted-at time of the record that was folded last.
    let foldedTime = Atomic<UInt64>(0)
    /// Whether the fold has reached where the journal ended when the process started.
    let hasCaughtUp = Atomic<Bool>(false)
    /// Checkpoints that failed since the last one that did not.
    let failedCheckpoints = Atomic<UInt64>(0)

    /// Whether the disk refused the last read of the journal.
    let isReadFailing = Atomic<Bool>(false)

    /// When the thread last went round, by the monotonic clock; 0 before it runs.
    let beat = Atomic<UInt64>(0)

    private let isStopping = Atomic<Bool>(false)
    /// Whether a tick is on its way to the disk.
    private let isTicking = Atomic<Bool>(false)
    private let wallClock: @Sendable () -> UInt64
    /// When to stop folding, finished or not, by the monotonic clock.
    private let stopBy = Atomic<UInt64>(.max)
    private let journal: Journal
    private let health: CollectorHealth
    private let warn: @Sendable (String) -> Void
    private let onRestored: @Sendable () -> Void
    private let onCaughtUp: @Sendable () -> Void

    init(
        journal: Journal, from position: UInt64, health: CollectorHealth,
        onRestored: @escaping @Sendable () -> Void,
        onCaughtUp: @escaping @Sendable () -> Void, warn: @escaping @Sendable (String) -> Void,
        wallClock: @escaping @Sendable () -> UInt64 = { pm_clock_realtime() }
    ) {
        self.wallClock = wallClock
        self.journal = journal
        self.position = Atomic(position)
        self.health = health
        self.onRestored = onRestored
        self.onCaughtUp = onCaughtUp
        self.warn = warn
    }

    /// Tells the thread to fold what is durable, write a last checkpoint and end.
    ///
    /// - Parameter deadline: When to leave the rest to the next start, by the monotonic clock.
    func stop(by deadline: UInt64 = .max) {
        stopBy.store(deadline, ordering: .releasing)
        isStopping.store(true, ordering: .releasing)
        journal.interrupt()
    }

    /// Folds until ``stop()``; runs on the thread that owns the fold from here on.
    func run(_ start: FoldStart) {
        guard var parts = start.take() else { return }
        parts.restore(warn: warn)
        onRestored()
        let fold = parts.fold
        var figures = parts.figures
        let goal = journal.durableEnd
        let feed = RecordFeed(journal, from: fold.position, fold.settings)
        defer { feed.close() }
        var sinceCheckpoint = 0
        var lastCheckpoint = pm_clock_monotonic()
        var lastAging = lastCheckpoint
        // The end of what a checkpoint holds.
        var released = fold.position
        func checkpointIfDue(_ isLast: Bool = false) {
            guard sinceCheckpoint > 0 else { return }
            let elapsed = pm_clock_monotonic() - lastCheckpoint
            guard isLast || sinceCheckpoint >= Self.checkpointRecords || elapsed >= Self.checkpointNanoseconds
            else { return }
            lastCheckpoint = pm_clock_monotonic()
            if checkpoint(fold, &figures, start.store) {
                sinceCheckpoint = 0
                released = fold.position
            }
        }
        while true {
            let wasStopping = isStopping.load(ordering: .acquiring)
            while !isOverdue, let record = next(feed) {
                fold.apply(record)
                foldedTime.store(record.time, ordering: .relaxed)
                position.store(fold.position, ordering: .relaxed)
                sinceCheckpoint += 1
                if sinceCheckpoint % 256 == 0 {
                    beat.store(pm_clock_monotonic(), ordering: .relaxed)
                    checkpointIfDue()
                }
            }
            beat.store(pm_clock_monotonic(), ordering: .relaxed)
            // Damage at the end leaves no record to move the position behind it.
            fold.position = max(fold.position, feed.nextSequence)
            position.store(fold.position, ordering: .relaxed)
            if !hasCaughtUp.load(ordering: .relaxed), fold.position >= goal {
                hasCaughtUp.store(true, ordering: .releasing)
                onCaughtUp()
            }
            if pm_clock_monotonic() - lastAging >= Self.ageNanoseconds {
                lastAging = pm_clock_monotonic()
                // Nothing more is released, but the age of segments is looked at again.
                journal.release(before: released)
            }
            checkpointIfDue()
            if wasStopping || isOverdue { break }
            tickIfDue(fold)
            // After a failed read there is something to read, so the wait is for the time alone.
            _ = journal.wait(
                beyond: isReadFailing.load(ordering: .relaxed) ? .max : fold.position,
                upTo: sinceCheckpoint > 0 ? Self.checkpointNanoseconds / 10 : Self.checkpointNanoseconds)
        }
        checkpointIfDue(true)
    }

    /// Lets time pass for what waits, when it is overdue and no record comes that would.
    ///
    /// The tick is a record, so that a replay lets the same time pass at the same place.
    private func tickIfDue(_ fold: Fold) {
        guard hasCaughtUp.load(ordering: .relaxed), !isTicking.load(ordering: .acquiring),
            let deadline = [fold.waiting.nextDeadline(fold.settings.watch), fold.letters.deadline]
                .compactMap({ $0 }).min(), wallClock() > deadline
        else { return }
        isTicking.store(true, ordering: .relaxed)
        journal.append(kind: JournalKind.tick.rawValue, [0]) { [self] _ in
            isTicking.store(false, ordering: .releasing)
        }
    }

    /// Whether the thread was to have stopped by now.
    private var isOverdue: Bool {
        isStopping.load(ordering: .acquiring) && pm_clock_monotonic() >= stopBy.load(ordering: .relaxed)
    }

    /// The next record; nil at the end, and when the disk refuses to be read, which is tried again.
    private func next(_ feed: RecordFeed) -> DecodedRecord? {
        do {
            let record = try feed.next()
            isReadFailing.store(false, ordering: .relaxed)
            return record
        } catch {
            if !isReadFailing.exchange(true, ordering: .relaxed) {
                warn("the journal cannot be read and is tried again: \(error)")
            }
            return nil
        }
    }

    private func checkpoint(_ fold: Fold, _ figures: inout DurableFigures, _ store: Store) -> Bool {
        let start = pm_clock_monotonic()
        do {
            try fold.checkpoint(into: store, figures: &figures)
            health.checkpoint(nanoseconds: pm_clock_monotonic() - start, isWritten: true)
            health.set(fold.waiting)
            health.set(.seen, fold.seen.statistics)
            health.set(.messages, fold.messages.statistics)
            failedCheckpoints.store(0, ordering: .relaxed)
            journal.release(before: fold.position)
            return true
        } catch {
            health.checkpoint(nanoseconds: 0, isWritten: false)
            if failedCheckpoints.wrappingAdd(1, ordering: .relaxed).oldValue == 0 {
                warn(
                    "the checkpoint failed and is tried again; nothing is lost, the journal keeps it: \(error)"
                )
            }
            return false
        }
    }
}
