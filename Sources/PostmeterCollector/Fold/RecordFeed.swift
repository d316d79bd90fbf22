internal import Dispatch
internal import PostmeterJournal
internal import Synchronization

/// The records of a journal in their order, decoded: by whoever asks for them as long as few wait, and by a second
/// thread, ahead of the one that folds, when there are many to catch up with.
///
/// Decoding is half of the work and needs nothing that the fold knows, so with a processor to spare a journal is
/// folded half again as fast; which thread decoded a record makes no difference to what it gives. One thread asks.
final class RecordFeed {
    /// So many records must wait for the second thread to be worth it.
    private static let backlog: UInt64 = 4_096
    /// How many records the second thread decodes at a time, and how many who asks for them.
    ///
    /// What is on its way is to stay in the processor's caches: with eight times as much the fold is a third slower.
    private static let aheadRecords = 128
    private static let ownRecords = 64
    /// Bytes of records after which no more are decoded at a time.
    private static let batchBytes = 1 << 20
    /// How many batches the second thread may be ahead.
    private static let aheadBatches = 4

    private let journal: Journal
    private let shared: Shared
    private var thread: JournalThread?
    /// What is decoded, and which is next.
    private var batch = Batch()
    private var place = 0
    /// The batches that the second thread was asked for and that are not taken.
    private var asked = 0

    /// Records in their order, and why the read behind them failed.
    private struct Batch: Sendable {
        var records: [DecodedRecord] = []
        var failure: JournalReadError?
    }

    /// What the second thread works with, and is told by.
    private final class Shared: Sendable {
        let work: Mutex<Work>
        let ready = Mutex(Batches())
        let ask = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        /// The number of the next record that is read.
        let nextRead: Atomic<UInt64>
        let isOver = Atomic<Bool>(false)

        init(_ work: sending Work) {
            nextRead = Atomic(work.reader.nextSequence)
            self.work = Mutex(work)
        }

        /// Reads and decodes the next records.
        func fill(_ batch: inout Batch, upTo limit: Int) {
            work.withLock { work in
                work.fill(&batch, upTo: limit)
                nextRead.store(work.reader.nextSequence, ordering: .relaxed)
            }
        }
    }

    /// Batches on their way to who asks, and those that come back to be freed by the second thread, which has the
    /// time for it.
    private struct Batches {
        var full: [Batch] = []
        var spent: [Batch] = []
    }

    /// The reader and its decoder, which are with one thread at a time.
    private struct Work {
        let reader: JournalReader
        let decoder: RecordDecoder

        mutating func fill(_ batch: inout Batch, upTo limit: Int) {
            batch.records.removeAll(keepingCapacity: true)
            batch.failure = nil
            var bytes = 0
            do throws(JournalReadError) {
                while batch.records.count < limit, bytes < RecordFeed.batchBytes,
                    let record = try reader.next()
                {
                    bytes += record.payload.count
                    batch.records.append(decoder.decode(record))
                }
            } catch {
                batch.failure = error
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
        while place == batch.records.count {
            if let failure = batch.failure {
                batch.failure = nil
                throw failure
            }
            askAhead()
            if asked > 0 {
                takeAhead()
            } else {
                place = 0
                shared.fill(&batch, upTo: Self.ownRecords)
                if batch.records.isEmpty, batch.failure == nil { return nil }
            }
        }
        place += 1
        return batch.records[place - 1]
    }

    /// The number of the next record, as far as it is known before it is asked for; never one that was not given.
    var nextSequence: UInt64 {
        if place < batch.records.count { return batch.records[place].sequence }
        return asked > 0 ? 0 : shared.nextRead.load(ordering: .relaxed)
    }

    /// Ends the second thread; nothing more is read.
    func close() {
        guard let thread else { return }
        self.thread = nil
        shared.isOver.store(true, ordering: .releasing)
        shared.ask.signal()
        thread.join()
    }

    /// Lets the second thread go on while many records wait.
    private func askAhead() {
        let (next, end) = (shared.nextRead.load(ordering: .relaxed), journal.durableEnd)
        guard end > next, end - next > Self.backlog else { return }
        if thread == nil { thread = Self.start(shared) }
        guard thread != nil else { return }
        while asked < Self.aheadBatches {
            asked += 1
            shared.ask.signal()
        }
    }

    /// Takes the next batch of the second thread, and gives it the last one back.
    private func takeAhead() {
        shared.done.wait()
        asked -= 1
        place = 0
        shared.ready.withLock { ready in
            ready.spent.append(batch)
            batch = ready.full.removeFirst()
        }
    }

    private static func start(_ shared: Shared) -> JournalThread? {
        JournalThread {
            while true {
                shared.ask.wait()
                if shared.isOver.load(ordering: .acquiring) { return }
                var spent = shared.ready.withLock { ready in
                    let spent = ready.spent
                    ready.spent.removeAll()
                    return spent
                }
                var batch = spent.popLast() ?? Batch()
                shared.fill(&batch, upTo: aheadRecords)
                shared.ready.withLock { $0.full.append(batch) }
                shared.done.signal()
            }
        }
    }
}
