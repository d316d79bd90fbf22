internal import PostmeterJournal
internal import PostmeterMetrics
internal import PostmeterModel

/// What the collector says of itself: the journal's disk and the fold's checkpoints, as `postmeter.*`.
struct CollectorHealth: Sendable {
    private static let scope = InstrumentationScope(name: "postmeter.collector")
    private static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    ]

    private let syncDuration: Histogram
    private let checkpointDuration: Histogram
    private let checkpointFailures: Counter
    private let damage: Family<Counter>
    private let databaseDamage: Family<Counter>
    private let databaseLost: Counter
    private let journalSize: Gauge
    private let refused: Family<Gauge>
    private let foldedSequence: Gauge
    private let clockJump: Gauge
    private let waiting: Family<Gauge>
    private let evicted: Family<Gauge>
    private let fingerprints: Family<Gauge>
    private let fingerprintsLost: Family<Gauge>

    init(registry: MetricsRegistry) {
        func histogram(_ name: String, _ description: String) -> Histogram {
            registry.family(
                InstrumentDescriptor(
                    name: name, kind: .histogram, unit: "s", description: description, bounds: Self.bounds,
                    scope: Self.scope), of: Histogram.self
            ).bind()
        }
        func family<I: Instrument>(
            _ kind: InstrumentKind, _ name: String, _ unit: String, _ description: String,
            labels: [String] = [], of: I.Type
        ) -> Family<I> {
            registry.family(
                InstrumentDescriptor(
                    name: name, kind: kind, number: kind == .gauge ? .floating : .integer, unit: unit,
                    description: description, labels: labels, scope: Self.scope))
        }
        syncDuration = histogram(
            "postmeter.journal.sync.duration", "Time that an fdatasync of the journal took.")
        checkpointDuration = histogram(
            "postmeter.fold.checkpoint.duration", "Time that writing a checkpoint of the fold took.")
        checkpointFailures = family(
            .counter, "postmeter.fold.checkpoint.failures", "{checkpoint}",
            "Checkpoints of the fold that could not be written.", of: Counter.self
        ).bind()
        damage = family(
            .counter, "postmeter.journal.damage", "{record}",
            "Records or segments of the journal that were damaged and skipped, by kind.", labels: ["kind"],
            of: Counter.self)
        databaseDamage = family(
            .counter, "postmeter.database.damage", "{file}",
            "Files of the database that were damaged when the process started, by kind; copies are kept.",
            labels: ["kind"], of: Counter.self)
        databaseLost = family(
            .counter, "postmeter.database.lost", "{record}",
            "Records of the journal whose figures were lost with a damaged database.", of: Counter.self
        ).bind()
        journalSize = family(
            .gauge, "postmeter.journal.size", "By", "Bytes of the journal's segments on disk.", of: Gauge.self
        ).bind()
        refused = family(
            .gauge, "postmeter.journal.refused", "{record}",
            "Records that the journal refused since the process started, by reason.", labels: ["reason"],
            of: Gauge.self)
        foldedSequence = family(
            .gauge, "postmeter.fold.position", "{record}",
            "Sequence number of the first record of the journal that is not folded.", of: Gauge.self
        ).bind()
        clockJump = family(
            .gauge, "postmeter.clock.jump", "s",
            "How far the wall clock jumped, forward above 0; webhooks whose age cannot be told are put off.",
            of: Gauge.self
        ).bind()
        waiting = family(
            .gauge, "postmeter.fold.waiting", "{entry}", "What the fold waits for, by table.",
            labels: ["table"], of: Gauge.self)
        evicted = family(
            .gauge, "postmeter.fold.evicted", "{entry}",
            "What the fold gave up waiting for since the process started, for want of room, by table.",
            labels: ["table"], of: Gauge.self)
        fingerprints = family(
            .gauge, "postmeter.fold.fingerprints", "{entry}",
            "Events and states of messages that the fold remembers, by log.", labels: ["log"], of: Gauge.self)
        fingerprintsLost = family(
            .gauge, "postmeter.fold.fingerprints.lost", "{entry}",
            "What the fold forgot before its time since the process started, by log and reason.",
            labels: ["log", "reason"], of: Gauge.self)
        // From 0 on, so that a first damage shows as a change.
        for kind: JournalDamage.Kind in [.tornTail, .records, .missingSegment, .unreadableSegment] {
            _ = damage.bind(kind.word)
        }
        for kind in ["database", "wal"] { _ = databaseDamage.bind(kind) }
    }

    /// Notes what was found when the database was opened.
    func count(_ opening: StoreOpening) {
        for (kind, files) in opening.damaged { databaseDamage.bind(kind).add(files) }
        databaseLost.add(opening.lostRecords)
    }

    /// What the journal reports to.
    var observer: JournalObserver {
        JournalObserver(
            onSync: { nanoseconds, _, _ in syncDuration.record(Double(nanoseconds) / 1e9) },
            onDamage: { found in damage.bind(found.kind.word).add(found.records ?? 1) })
    }

    /// Notes a checkpoint that was written, or failed.
    func checkpoint(nanoseconds: UInt64, isWritten: Bool) {
        if isWritten {
            checkpointDuration.record(Double(nanoseconds) / 1e9)
        } else {
            checkpointFailures.add(1)
        }
    }

    /// Says how much the fold waits for and has given up waiting for.
    func set(_ waiting: Waiting) {
        for table in waiting.figures {
            self.waiting.bind(table.name.rawValue).set(Double(table.count))
            evicted.bind(table.name.rawValue).set(Double(table.evicted))
        }
    }

    /// Says what one of the fold's logs of fingerprints remembers, and what it could not.
    func set(_ log: FingerprintLog.Name, _ statistics: FingerprintStatistics) {
        fingerprints.bind(log.rawValue).set(Double(statistics.entries))
        fingerprintsLost.bind(log.rawValue, "damaged").set(Double(statistics.lostEntries))
        fingerprintsLost.bind(log.rawValue, "limit").set(Double(statistics.forgottenEarly))
        fingerprintsLost.bind(log.rawValue, "unread").set(Double(statistics.failedReads))
    }

    /// Says how far the wall clock jumped.
    func setClockJump(nanoseconds: Int64) {
        clockJump.set(Double(nanoseconds) / 1e9)
    }

    /// Sets the gauges; called before each snapshot.
    func collect(_ statistics: JournalStatistics, foldPosition: UInt64) {
        journalSize.set(Double(statistics.bytes))
        refused.bind("full").set(Double(statistics.refusedFull))
        refused.bind("failing").set(Double(statistics.refusedFailing))
        refused.bind("too_large").set(Double(statistics.refusedTooLarge))
        foldedSequence.set(Double(foldPosition))
    }
}

extension JournalDamage.Kind {
    /// The kind as a label value.
    fileprivate var word: String {
        switch self {
        case .tornTail: "torn_tail"
        case .records: "records"
        case .missingSegment: "missing_segment"
        case .unreadableSegment: "unreadable_segment"
        }
    }
}
