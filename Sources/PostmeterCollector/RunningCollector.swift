internal import CPrimitives
internal import Logging
internal import NIOCore
internal import Postmeter
internal import PostmeterExport
internal import PostmeterFleet
internal import PostmeterJournal
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing
internal import PostmeterTransport
internal import PostmeterWebhooks
internal import Synchronization

/// A collector that runs: everything that was started, in the order in which it has to end.
struct RunningCollector: Sendable {
    let rooms: Rooms
    let journal: Journal
    let fold: FoldThread
    let foldThread: JournalThread
    /// Ends when the fold has folded everything and written its last checkpoint.
    let foldEnd: AsyncStream<Never>
    let store: Store
    let exports: CollectorExports
    let listeners: Listeners
    let loops: any EventLoopGroup
    /// Held until the last file is closed.
    let lock: FolderLock

    /// What is told to the person who started it.
    let greeting: String

    /// What records and what is recorded into.
    struct Rooms: Sendable {
        let registry: MetricsRegistry
        let tracer: Tracer
        let hooks: MailHooks
        let health: CollectorHealth
        /// The records of mail events and of the collector's own log; nil when they go nowhere.
        var logs: LogRecorder?
    }

    /// The three listeners.
    struct Listeners: Sendable {
        let ingest: HTTPListener
        let admin: HTTPListener
        let scrape: HTTPListener
    }

    /// Starts everything: the state of the last run, the journal, the fold, exports, and last the listeners.
    ///
    /// - Parameters:
    ///   - log: What the collector says of itself.
    ///   - recorder: Takes that and mail events as log records; nil when log records go nowhere.
    ///   - targets: Where its telemetry goes.
    static func start(
        _ configuration: CollectorConfiguration, version: String, log: CollectorLog, recorder: LogRecorder?,
        targets: ServiceTargets
    ) async throws -> RunningCollector {
        let logger = log.logger
        let warn: @Sendable (String) -> Void = { logger.warning("\($0)") }
        let guards = try ListenerGuards(configuration.listen)
        for warning in configuration.warnings + guards.remarks { warn(warning) }
        let folder = try DataFolder(path: configuration.data)
        let lock = try FolderLock(folder.path)
        try folder.refuseUnfinished()
        BackupStaging.removeLeftovers(in: folder.path)
        let configuration = try folder.complete(configuration)
        let fetcher = WebhookFetcher.overHTTP()
        let endpoints = try configuration.endpoints.map {
            try WebhookEndpoint($0, certificate: fetcher.certificate)
        }
        let opening = try StoreOpening(folder, now: pm_clock_realtime()) { changes in
            changes.fleet = try configuration.fleet.encoded()
            changes.settings = try FoldSettings(configuration).encoded()
        }
        for finding in opening.findings { warn(finding) }
        let store = opening.store
        let identity = try CollectorIdentity(store: store, now: pm_clock_realtime())
        let traceKey = try folder.traceKey(configuration)
        let rooms = try makeRooms(configuration, targets, logs: recorder, traceKey: traceKey, warn: warn)
        rooms.health.count(opening)
        let loaded = try load(
            store, rooms, identity: identity, deadLetters: configuration.deadLetters.limits, warn: warn)
        let position = loaded.checkpoint.sequence
        let held = loaded.checkpoint
        let start = FoldStart(loaded, store: store)
        let journal = try openJournal(
            configuration, folder: folder, from: position, health: rooms.health, warn: warn)
        try await journalSettings(configuration, held: held, journal: journal)

        let (restored, isRestored) = AsyncStream.makeStream(of: Never.self)
        let thread = FoldThread(
            journal: journal, from: position, health: rooms.health, onRestored: { isRestored.finish() },
            onCaughtUp: { logger.info("the fold has caught up with the journal") }, warn: warn)
        let (foldEnd, ended) = AsyncStream.makeStream(of: Never.self)
        let body: @Sendable () -> Void = {
            thread.run(start)
            ended.finish()
        }
        guard let foldThread = JournalThread(body) else {
            throw ConfigurationError(path: "", problem: "the system gives no thread for the fold")
        }
        // Whatever makes series of durable figures comes after they are back.
        for await _ in restored {}
        observe(journal, thread, rooms)
        let exports = CollectorExports(
            configuration, targets,
            resource: identity.resource(version: version).merging(configuration.resource), rooms: rooms,
            version: version, includesDurable: { thread.hasCaughtUp.load(ordering: .acquiring) },
            listeners: .init(
                warn: warn,
                warnOfLogs: { [consoleLogger = log.consoleLogger] in consoleLogger.warning("\($0)") }))
        let deadLetters = DeadLetterRoutes(
            desk: DeadLetterDesk(store: store, journal: journal),
            mask: AddressMask(privacy: configuration.telemetry.privacy, traceKey: traceKey),
            now: { pm_clock_realtime() })
        let loops = HTTPListener.makeEventLoops(1)
        let listeners = try await listen(
            configuration, guards: guards, endpoints: endpoints, fetcher: fetcher, journal: journal,
            fold: thread, rooms: rooms, exports: exports, deadLetters: deadLetters, loops: loops, warn: warn)
        await exports.start()
        let greeting = Greeting(
            configuration: configuration, listeners: listeners, guards: guards, folder: folder
        ).text
        return RunningCollector(
            rooms: rooms, journal: journal, fold: thread, foldThread: foldThread, foldEnd: foldEnd,
            store: store,
            exports: exports, listeners: listeners, loops: loops, lock: lock, greeting: greeting)
    }
}
