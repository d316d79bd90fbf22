internal import CPrimitives
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing

/// Folds the journal of a data folder again, from its oldest record, into figures and a database of its own.
///
/// The journal is only read, and no collector may be running on it; the folder's own state is left alone.
/// One thread at a time.
package final class FoldReplay {
    /// What a replay did.
    package struct Totals: Sendable, Hashable {
        /// Records that were folded.
        package var records = 0
        /// How long it took, checkpoints included, in nanoseconds.
        package var nanoseconds: UInt64 = 0
        /// How long each checkpoint took, in nanoseconds.
        package var checkpoints: [UInt64] = []
    }

    private let registry: MetricsRegistry
    private let tracer: Tracer
    private let store: Store
    private let journal: Journal
    private let feed: RecordFeed
    private let fold: Fold
    private var figures: DurableFigures
    private var spans = EncodedRecords()

    /// Prepares a replay.
    ///
    /// - Parameters:
    ///   - data: The data folder whose journal is read.
    ///   - database: The file that checkpoints go to; one that exists is gone on from.
    ///   - recordsSpans: Whether spans are recorded, and then thrown away, as when a collector pushes them.
    package init(
        data: String, database: String, recordsSpans: Bool = false,
        warn: @escaping @Sendable (String) -> Void
    ) throws {
        var configuration = CollectorConfiguration(data: data)
        // Nothing is released by a replay; this keeps what its opening would otherwise find to be too much.
        configuration.journal.byteLimit = 1 << 50
        configuration.journal.retainBytes = 1 << 50
        // Nothing is written either, so the files that the journal makes ahead may be small.
        configuration.journal.segmentBytes = 4 << 20
        let folder = try DataFolder(path: data)
        let diagnostics = Diagnostics(warn)
        registry = MetricsRegistry(diagnostics: diagnostics)
        tracer = Tracer(
            scope: MailConventions.scope, sampler: recordsSpans ? .alwaysOn : .alwaysOff,
            capacity: recordsSpans ? 16_384 : 1, diagnostics: diagnostics)
        let hooks = MailHooks(
            registry: registry, tracer: tracer, traceKey: try folder.traceKey(configuration),
            diagnostics: diagnostics)
        let rooms = RunningCollector.Rooms(
            registry: registry, tracer: tracer, hooks: hooks, health: CollectorHealth(registry: registry))
        store = try Store(path: database)
        let identity = try CollectorIdentity(store: store, now: pm_clock_realtime())
        var parts = try RunningCollector.load(store, rooms, identity: identity, warn: warn)
        parts.restore(warn: warn)
        fold = parts.fold
        figures = parts.figures
        journal = try RunningCollector.openJournal(
            configuration, folder: folder, from: fold.position, health: rooms.health, warn: warn)
        feed = RecordFeed(journal, from: fold.position > 1 ? fold.position : 0, fold.settings)
    }

    /// The sum of `email.events` so far.
    package var eventsCounted: UInt64 {
        var words: [UInt64] = []
        registry.durableFamilies.first { $0.name == "email.events" }?.readWords(into: &words)
        return words.reduce(0, &+)
    }

    /// The numbers of events, and of states of messages, that the fold remembers.
    package var remembered: (events: Int, messages: Int) {
        (fold.seen.statistics.entries, fold.messages.statistics.entries)
    }

    /// Folds up to `limit` records, without a checkpoint; returns how many there were.
    package func fold(limit: Int) throws -> Int {
        var count = 0
        while count < limit, let record = try feed.next() {
            fold.apply(record)
            count += 1
            if count % 256 == 0 { dropSpans() }
        }
        return count
    }

    /// Writes a checkpoint; returns how long it took, in nanoseconds.
    package func checkpoint() throws -> UInt64 {
        let start = pm_clock_monotonic()
        try fold.checkpoint(into: store, figures: &figures)
        return pm_clock_monotonic() - start
    }

    /// Folds up to `limit` records, with checkpoints when a collector would write them and one at the end.
    package func run(limit: Int = .max) throws -> Totals {
        var totals = Totals()
        let start = pm_clock_monotonic()
        var last = start
        var sinceCheckpoint = 0
        while totals.records < limit {
            let count = try fold(limit: min(256, limit - totals.records))
            totals.records += count
            sinceCheckpoint += count
            let isLast = count == 0 || totals.records == limit
            let isDue =
                isLast || sinceCheckpoint >= FoldThread.checkpointRecords
                || pm_clock_monotonic() - last >= FoldThread.checkpointNanoseconds
            if sinceCheckpoint > 0, isDue {
                last = pm_clock_monotonic()
                totals.checkpoints.append(try checkpoint())
                sinceCheckpoint = 0
            }
            if count == 0 { break }
        }
        totals.nanoseconds = pm_clock_monotonic() - start
        return totals
    }

    /// Ends the replay and lets go of the journal and the database.
    package func close() throws {
        feed.close()
        journal.close()
        try store.close()
    }

    /// Takes the spans out of the ring, so that there is always room for the next ones.
    private func dropSpans() {
        guard tracer.statistics.waiting > 0 else { return }
        spans.removeAll()
        _ = tracer.drain(into: &spans)
    }
}
