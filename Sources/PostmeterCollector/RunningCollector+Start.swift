internal import CPrimitives
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

/// The steps of a start, each making what the next one stands on.
extension RunningCollector {
    static func makeRooms(
        _ configuration: CollectorConfiguration, _ targets: ServiceTargets, logs: LogRecorder?,
        traceKey: [UInt8], warn: @escaping @Sendable (String) -> Void
    ) throws -> Rooms {
        let diagnostics = Diagnostics(warn)
        let telemetry = configuration.telemetry
        let registry = MetricsRegistry(
            diagnostics: diagnostics, exemplars: telemetry.exemplars,
            currentSpan: { CurrentSpan.context }, views: telemetry.allViews)
        _ = ProcessMetrics(registry: registry)
        // Without a push nobody takes spans, so none are made.
        let isPushed = targets.all.contains { $0.traces != nil }
        let tracer = Tracer(
            scope: MailConventions.scope, sampler: isPushed ? telemetry.sampler : .alwaysOff,
            capacity: isPushed ? telemetry.spans.capacity : 1, limits: telemetry.spanLimits,
            diagnostics: diagnostics)
        let hooks = MailHooks(
            registry: registry, tracer: tracer, traceKey: traceKey, privacy: telemetry.privacy, logs: logs,
            events: configuration.events, diagnostics: diagnostics)
        return Rooms(
            registry: registry, tracer: tracer, hooks: hooks, health: CollectorHealth(registry: registry),
            logs: logs)
    }

    /// A fold with the last checkpoint at its side, not restored yet.
    static func load(
        _ store: Store, _ rooms: Rooms, identity: CollectorIdentity,
        deadLetters: DeadLetterShelf.Limits = .init(), warn: @escaping @Sendable (String) -> Void
    ) throws -> sending FoldStart.Parts {
        let fold = Fold(hooks: rooms.hooks, store: store, key: identity.fingerprintKey, warn: warn)
        fold.letters.limits = deadLetters
        let checkpoint = try store.load { log, batch in
            switch log {
            case .seen: fold.seen.restore(batch)
            case .messages: fold.messages.restore(batch)
            }
        }
        try store.loadWaiting { name, batch in fold.restore(batch, of: name) }
        rooms.registry.setDurableStartTime(identity.startTime)
        return FoldStart.Parts(
            fold: fold, figures: DurableFigures(registry: rooms.registry), checkpoint: checkpoint)
    }

    static func openJournal(
        _ configuration: CollectorConfiguration, folder: DataFolder, from position: UInt64,
        health: CollectorHealth, warn: @escaping @Sendable (String) -> Void
    ) throws -> Journal {
        var settings = Journal.Configuration(directory: folder.journal)
        settings.segmentBytes = Int(configuration.journal.segmentBytes)
        settings.byteLimit = Int(configuration.journal.byteLimit)
        settings.retainBytes = Int(configuration.journal.retainBytes)
        settings.retainSeconds = configuration.journal.retainAge.map { $0.nanoseconds / 1_000_000_000 }
        settings.sequenceFloor = position
        // The longest body of any platform, and what stands before it.
        settings.recordBytesLimit = WebhookLimit.inboundBody + Envelope.headBytesLimit
        return try Journal.open(
            settings, now: { pm_clock_realtime() }, observer: health.observer, warn: warn)
    }

    /// Makes the configured fleet and what else the fold depends on records of the journal, unless the fold
    /// holds them already.
    ///
    /// What is journaled and not yet folded may hold others, so then the records are written in any case.
    static func journalSettings(
        _ configuration: CollectorConfiguration, held: Checkpoint, journal: Journal
    ) async throws {
        func append(_ kind: JournalKind, _ bytes: [UInt8]) async throws {
            let result = await withCheckedContinuation { continuation in
                journal.append(kind: kind.rawValue, bytes) { continuation.resume(returning: $0) }
            }
            _ = try result.get()
        }
        let isBehind = journal.durableEnd > held.sequence
        let settings = FoldSettings(configuration)
        // The settings first: agents get their series when the fleet comes, for the platforms they name.
        if settings != held.settings || isBehind { try await append(.settings, settings.encoded()) }
        let tree = configuration.fleet
        if tree != held.fleet || isBehind { try await append(.fleet, tree.encoded()) }
    }

    /// Sets the gauges of the journal and the fold before each snapshot.
    static func observe(_ journal: Journal, _ fold: FoldThread, _ rooms: Rooms) {
        let figures = JournalInstruments(rooms.registry)
        rooms.registry.onCollect {
            let position = fold.position.load(ordering: .relaxed)
            let end = journal.durableEnd
            let depth = end > position ? end - position : 0
            // The time of the record folded last stands for the oldest waiting one's, which came right after.
            let folded = fold.foldedTime.load(ordering: .relaxed)
            let oldest = depth == 0 || folded == 0 ? nil : UnixTime(nanoseconds: folded)
            figures.set(depth: depth, oldest: oldest, now: UnixTime(nanoseconds: pm_clock_realtime()))
            rooms.health.collect(journal.statistics, foldPosition: position)
        }
    }

    static func listen(
        _ configuration: CollectorConfiguration, guards: ListenerGuards, endpoints: [WebhookEndpoint],
        fetcher: WebhookFetcher, journal: Journal, fold: FoldThread, rooms: Rooms, exports: CollectorExports,
        deadLetters: DeadLetterRoutes, loops: any EventLoopGroup,
        warn: @escaping @Sendable (String) -> Void
    ) async throws -> Listeners {
        let http = rooms.hooks.httpServer
        OpenFiles.raiseLimit()
        func bind(
            _ address: ListenAddress, _ router: HTTPRouter, _ guarding: WebConfigurationSource?,
            _ limits: HTTPLimits = HTTPLimits()
        ) async throws -> HTTPListener {
            try await HTTPListener.bind(
                .init(
                    host: address.host, port: address.port, limits: limits, listeners: 3,
                    security: guarding?.security),
                router: router, group: loops, warn: warn
            ) { seen in
                http.record(
                    method: seen.method.rawValue, route: seen.template ?? "", status: seen.status,
                    scheme: seen.isSecured ? "https" : "http", seconds: Double(seen.nanoseconds) / 1e9)
            }
        }
        var admin = HTTPRouter()
        AdminRoutes {
            var reasons: [Readiness.Reason] = []
            if !fold.hasCaughtUp.load(ordering: .acquiring) { reasons.append(.catchingUp) }
            if !journal.isAccepting { reasons.append(.journalRefusing) }
            if fold.isReadFailing.load(ordering: .relaxed) { reasons.append(.journalUnreadable) }
            if fold.failedCheckpoints.load(ordering: .relaxed) > 0 { reasons.append(.checkpointFailing) }
            return Readiness(reasons: reasons)
        }.register(in: &admin)
        deadLetters.register(in: &admin)
        var scrape = HTTPRouter()
        exports.register(in: &scrape)
        var scrapeLimits = HTTPLimits()
        // Each answer that waits for its peer holds a snapshot, which is tens of megabytes at 100,000 series.
        scrapeLimits.streams = 32
        let replies = GroupReplies()
        journal.setGroupEnd { replies.flush() }
        let now: @Sendable () -> UnixTime = { UnixTime(nanoseconds: pm_clock_realtime()) }
        let clock = ClockWatch(wall: now, monotonic: { pm_clock_monotonic() })
        rooms.registry.onCollect { rooms.health.setClockJump(nanoseconds: clock.jump) }
        var ingest = HTTPRouter()
        Ingest(
            endpoints: endpoints, journal: journal, replies: replies, hooks: rooms.hooks,
            tracer: rooms.tracer, fetcher: fetcher, clock: clock, now: now
        ).register(in: &ingest)
        return Listeners(
            ingest: try await bind(configuration.listen.ingest, ingest, guards.ingest),
            admin: try await bind(configuration.listen.admin, admin, guards.admin),
            scrape: try await bind(configuration.listen.scrape, scrape, guards.scrape, scrapeLimits))
    }
}
