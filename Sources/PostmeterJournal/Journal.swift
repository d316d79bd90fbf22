import CPrimitives
import Synchronization

/// A durable log: records are appended by any thread and read in order by any number of readers.
///
/// A record is answered once it is on disk. One writer thread writes what has arrived while the last fdatasync
/// ran as one group: one write, one sync. Readers see only what a sync has put on disk. A group whose write or
/// sync failed is answered with `failing`; no reader of this journal sees it, and its numbers are given again.
/// Only when the process ends before the next segment has begun may its records be found at the next start, as
/// with any write whose outcome is unknown; once a later segment has begun, its header makes them void.
///
/// All calls are thread-safe. The journal runs until `close()`.
package final class Journal: Sendable {
    package let configuration: Configuration
    let directory: JournalDirectory
    let fileSystem: JournalFileSystem
    let now: @Sendable () -> UInt64
    let observer: JournalObserver
    let warn: @Sendable (String) -> Void
    /// Keeps damaged segments; nil where the journal is only read.
    let keeper: DamagedSegments?
    /// The salt of new segments.
    let salt: UInt64
    /// Bytes of the longest payload that is taken; see `Configuration.recordBytesLimit`.
    package let payloadLimit: Int
    let monitor: Monitor<JournalShared>
    /// The sequence after the last durable record.
    ///
    /// The writer stores it (releasing) once the table of segments
    /// says the same; readers and waiters load it (acquiring) to go without the lock.
    let durable: Atomic<UInt64>

    init(
        _ configuration: Configuration,
        directory: JournalDirectory,
        fileSystem: JournalFileSystem,
        now: @escaping @Sendable () -> UInt64,
        observer: JournalObserver,
        warn: @escaping @Sendable (String) -> Void,
        recovered: RecoveredJournal,
        keeper: DamagedSegments? = nil
    ) {
        self.configuration = configuration
        self.directory = directory
        self.fileSystem = fileSystem
        self.now = now
        self.observer = observer
        self.warn = warn
        self.keeper = keeper
        salt = recovered.salt
        payloadLimit = configuration.payloadLimit
        var shared = JournalShared(
            pending: PendingGroup(configuration),
            lastTime: recovered.lastTime,
            roomLeft: recovered.active?.room ?? 0,
            segments: recovered.segments,
            liveBytes: recovered.segments.reduce(0) { $0 + $1.fileBytes },
            discards: recovered.discards,
            nextNumber: recovered.nextNumber
        )
        for damage in recovered.damage {
            if damage.kind == .tornTail {
                shared.statistics.tornTails += 1
            } else {
                shared.statistics.lostSegments += 1
            }
        }
        monitor = Monitor(shared)
        durable = Atomic(recovered.durableEnd)
    }

    /// The number after the last durable record.
    package var durableEnd: UInt64 { durable.load(ordering: .acquiring) }

    /// The number of the oldest record that can be read, or `durableEnd` when there is none.
    package var firstSequence: UInt64 {
        monitor.withLock { $0.segments.first?.firstSequence } ?? durableEnd
    }

    /// Whether records are taken just now.
    package enum State: Sendable, Hashable {
        /// They are.
        case accepting
        /// The byte limit is reached.
        case full
        /// The disk refuses; the journal tries again by itself.
        case failing
        /// The journal is closed.
        case closed
    }

    /// Whether records are taken just now, and why not.
    package var state: State {
        monitor.withLock { shared in
            if shared.isClosing { return .closed }
            if shared.isFailing { return .failing }
            let fits =
                shared.roomLeft >= shared.refusedBytes
                || shared.claimedSegments < shared.allowedSegments(configuration)
            return fits ? .accepting : .full
        }
    }

    /// Whether records are taken just now.
    package var isAccepting: Bool { state == .accepting }

    /// The journal's figures.
    package var statistics: JournalStatistics {
        monitor.withLock { shared in
            var statistics = shared.statistics
            statistics.bytes = shared.liveBytes
            statistics.segments = shared.segments.count
            statistics.preparedSegments = shared.prepared.count
            statistics.pendingBytes = shared.outstandingBytes + shared.heldBytes
            return statistics
        }
    }

    /// Sets what the writer thread calls after the callbacks of each group.
    package func setGroupEnd(_ body: @escaping @Sendable () -> Void) {
        monitor.withLock { $0.groupEnd = body }
    }

    /// A reader whose first record is `sequence`, or the next there is; 0 stands for the oldest.
    ///
    /// When the record with that number existed and is gone, the reader counts what is missing.
    package func makeReader(from sequence: UInt64) -> JournalReader {
        JournalReader(self, from: sequence)
    }

    /// Says that nobody needs the records before `sequence` any more.
    ///
    /// Segments that hold only such records are given up whole, oldest first, past `retainBytes` or
    /// `retainSeconds` or when new records need the room.
    package func release(before sequence: UInt64) {
        let time = now()
        monitor.withLock { shared in
            shared.releasedBefore = max(shared.releasedBefore, min(sequence, durableEnd))
            trim(&shared, now: time)
        }
    }

    /// Trims the table and wakes the preparer when there is something to put away: whether there is.
    ///
    /// `room`: how many segments are needed besides those that hold records.
    @discardableResult
    func trim(_ shared: inout JournalShared, now: UInt64, room: Int = 0) -> Bool {
        let before = shared.segments.count
        shared.trim(now: now, room: room, configuration)
        guard shared.segments.count < before else { return false }
        monitor.wake(.preparer)
        return true
    }

    /// Writes what waits, syncs, ends the journal's threads and unlocks the directory.
    ///
    /// Blocks until it is done; never to be called from a callback of the journal. Readers can still read.
    package func close() {
        let threads = monitor.withLock { shared in
            shared.isClosing = true
            monitor.wake(.writer)
            defer { shared.threads = [] }
            return shared.threads
        }
        guard threads.count == 2 else { return }
        threads[0].join()
        monitor.withLock { shared in
            shared.preparerStops = true
            monitor.wake(.preparer)
        }
        threads[1].join()
        monitor.withLock { shared in
            shared.isClosed = true
            monitor.wake(.followers)
        }
        directory.unlock()
    }
}
