internal import Dispatch
internal import PostmeterJournal
internal import Synchronization

/// The records of a journal in their order, decoded: by whoever asks for them as long as few wait, and by a second
/// thread, ahead of the one that folds, when there are many to catch up with.
///
/// Decoding is half of the work and needs nothing that the fold knows, so with a processor to spare a journal is
/// folded nearly twice as fast; which thread decoded a record makes no difference to what it gives. One thread
/// asks.
final class RecordFeed {
    /// So many records must wait for the second thread to be worth it.
    private static let backlog: UInt64 = 4_096
    /// How many records the second thread decodes at a time, and how many who asks for them.
    private static let aheadRecords = 1_024
    private static let ownRecords = 64
    /// Bytes of records after which no more are decoded at a time.
    private static let batchBytes = 1 << 20

    private let journal: Journal
    private let shared: Shared
    private var thread: JournalThread?
    /// What is decoded, and which is next.
    private var batch: [DecodedRecord] = []
    private var place = 0
    /// Why the read behind the batch failed; thrown once the batch is taken.
    private var failure: JournalReadError?
    /// Whether the second thread is at work.
    private var isAhead = false

    /// What the second thread works with, and is told by.
    private final class Shared: Sendable {
        let work: Mutex<Work>
        let begin = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        let isOver = Atomic<Bool>(false)

        init(_ work: sending Work) {
            self.work = Mutex(work)
        }
    }

    /// The reader, which is with one thread at a time, and what it has read.
    private struct Work {
        let reader: JournalReader
        let decoder: RecordDecoder
        var batch: [DecodedRecord] = []
        var failure: JournalReadError?

        mutating func fill(_ limit: Int) {
            batch.removeAll(keepingCapacity: true)
            var bytes = 0
            do throws(JournalReadError) {
                while batch.count < limit, bytes < RecordFeed.batchBytes, let record = try reader.next() {
                    bytes += record.payload.count
                    batch.append(decoder.decode(record))
                }
            } catch {
                failure = error
            }
        }
    }

    /// - Parameters:
    ///   - sequence: The number of the first record; 0 for the oldest.
    ///   - settings: Those that hold before it.
    init(_ journal: Journal, from sequence: UInt64, _ settings: FoldSettings) {
        self.journal = journal
        shared = Shared(
            Work(reader: journal.makeReader(from: sequence), decoder: RecordDecoder(settings)))
    }

    deinit {
        close()
    }

    /// The next record; nil when there is none that is durable.
    ///
    /// Throws when the disk refuses to be read; the call can be made again.
    func next() throws(JournalReadError) -> DecodedRecord? {
        while place == batch.count {
            if let failure {
                self.failure = nil
                throw failure
            }
            if isAhead {
                shared.end.wait()
                isAhead = false
                takeBatch()
                // The next ones are decoded while these are folded.
                if failure == nil, isFarBehind { lookAhead() }
            } else if isFarBehind, lookAhead() {
                continue
            } else {
                shared.work.withLock { $0.fill(Self.ownRecords) }
                takeBatch()
                if batch.isEmpty, failure == nil { return nil }
            }
        }
        place += 1
        return batch[place - 1]
    }

    /// The number of the next record, as far as it is known before it is asked for; never one that was not given.
    var nextSequence: UInt64 {
        if place < batch.count { return batch[place].sequence }
        return isAhead ? 0 : shared.work.withLock { $0.reader.nextSequence }
    }

    /// Ends the second thread; nothing more is read.
    func close() {
        guard let thread else { return }
        self.thread = nil
        shared.isOver.store(true, ordering: .releasing)
        shared.begin.signal()
        thread.join()
    }

    /// Whether many records wait.
    private var isFarBehind: Bool {
        let next = shared.work.withLock { $0.reader.nextSequence }
        let end = journal.durableEnd
        return end > next && end - next > Self.backlog
    }

    private func takeBatch() {
        place = 0
        shared.work.withLock { work in
            swap(&batch, &work.batch)
            failure = work.failure
            work.failure = nil
        }
    }

    /// Sets the second thread to work; false when the system gives none.
    @discardableResult
    private func lookAhead() -> Bool {
        if thread == nil {
            thread = JournalThread { [shared] in
                while true {
                    shared.begin.wait()
                    if shared.isOver.load(ordering: .acquiring) { return }
                    shared.work.withLock { $0.fill(Self.aheadRecords) }
                    shared.end.signal()
                }
            }
        }
        guard thread != nil else { return false }
        isAhead = true
        shared.begin.signal()
        return true
    }
}
