internal import Postmeter
internal import PostmeterExport
internal import PostmeterExposition
internal import PostmeterModel
internal import PostmeterOTLP
internal import PostmeterTransport

/// The outgoing river of a collector: the scrape route and, when something is to go out, the pushes.
struct CollectorExports: Sendable {
    private let scrape: ScrapeService
    private let push: Push?

    /// What pushes.
    private struct Push: Sendable {
        let client: HTTPClient
        let pipeline: ExportPipeline
    }

    /// Who is told when something is off.
    struct Listeners: Sendable {
        /// Of everything.
        let warn: @Sendable (String) -> Void
        /// Of the push of log records: where that may be pushed as a log record itself, it would go on for ever.
        let warnOfLogs: @Sendable (String) -> Void
    }

    /// Prepares the exports; nothing is pushed before ``start()``.
    ///
    /// - Parameter includesDurable: Whether the fold has caught up: before, its figures would fall behind what
    ///   was shown.
    init(
        _ configuration: CollectorConfiguration, _ targets: ServiceTargets, resource: Resource,
        rooms: RunningCollector.Rooms, version: String, includesDurable: @escaping @Sendable () -> Bool,
        listeners: Listeners
    ) {
        let exposition = configuration.telemetry.exposition
        let logs = rooms.logs.map { [$0] } ?? []
        let health = ExportHealth(
            registry: rooms.registry, tracers: [rooms.tracer], logs: logs, version: version)
        scrape = ScrapeService(
            registry: rooms.registry,
            encoder: ExpositionEncoder(
                resource: resource, options: exposition.options, diagnostics: Diagnostics(listeners.warn)),
            health: health, compresses: exposition.isCompressed, includesDurable: includesDurable)
        guard !targets.all.isEmpty else {
            push = nil
            return
        }
        let client = HTTPClient(.init(userAgent: "OTel-OTLP-Exporter-Swift/\(version) postmeter/\(version)"))
        push = Push(
            client: client,
            pipeline: ExportPipeline(
                targets: targets.all, spoolDirectory: Self.spoolDirectory(configuration),
                registry: rooms.registry, tracers: [rooms.tracer], logs: logs,
                encoder: OTLPEncoder(resource: resource), transport: client, health: health,
                includesDurable: includesDurable, diagnostics: Diagnostics(listeners.warn),
                logDiagnostics: Diagnostics(listeners.warnOfLogs)))
    }

    /// Where everything goes.
    static func targets(_ configuration: CollectorConfiguration) throws(ConfigurationError) -> ServiceTargets
    {
        var telemetry = configuration.telemetry
        telemetry.spoolDirectory = spoolDirectory(configuration)
        do throws(PostmeterError) {
            return try ServiceTargets(telemetry)
        } catch {
            throw ConfigurationError(path: "otlp", problem: error.description)
        }
    }

    /// Where what a receiver does not take is kept, in a folder for each.
    static func spoolDirectory(_ configuration: CollectorConfiguration) -> String {
        "\(configuration.data)/spool"
    }

    /// Begins to push.
    func start() async {
        await push?.pipeline.start()
    }

    /// Adds the scrape route.
    func register(in router: inout HTTPRouter) {
        scrape.register(in: &router)
    }

    /// What became of what was pushed so far.
    var totals: ExportPipeline.Totals { push?.pipeline.totals ?? ExportPipeline.Totals() }

    /// Pushes a last time, within a deadline, and stops.
    func shutdown(within deadline: Duration) async {
        guard let push else { return }
        await push.pipeline.shutdown(within: deadline)
        push.client.shutdown()
    }
}
