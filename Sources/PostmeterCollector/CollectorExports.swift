internal import PostmeterExport
internal import PostmeterExposition
internal import PostmeterModel
internal import PostmeterOTLP
internal import PostmeterTransport

/// The outgoing river of a collector: the scrape route and, when a target is configured, the pushes.
struct CollectorExports: Sendable {
    /// How long the last push may take when the process ends.
    private static let finalDeadline = Duration.seconds(5)

    private let scrape: ScrapeService
    private let push: Push?

    /// What pushes.
    private struct Push: Sendable {
        let client: HTTPClient
        let pushers: Pushers
    }

    /// Prepares the exports; nothing is pushed before ``start()``.
    ///
    /// - Parameter includesDurable: Whether the fold has caught up: before, its figures would fall behind what
    ///   was shown.
    init(
        _ configuration: CollectorConfiguration.OTLP?, resource: Resource, rooms: RunningCollector.Rooms,
        version: String, includesDurable: @escaping @Sendable () -> Bool,
        warn: @escaping @Sendable (String) -> Void
    ) throws {
        let health = ExportHealth(registry: rooms.registry, tracers: [rooms.tracer], version: version)
        scrape = ScrapeService(
            registry: rooms.registry, encoder: ExpositionEncoder(resource: resource), health: health,
            includesDurable: includesDurable)
        guard let configuration else {
            push = nil
            return
        }
        let target = try OTLPTarget(
            .base(configuration.endpoint),
            headers: HTTPHeaders(configuration.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
            compression: configuration.compresses ? .gzip : .none,
            timeout: .nanoseconds(Int64(configuration.timeout.nanoseconds)))
        let client = HTTPClient(.init(userAgent: "OTel-OTLP-Exporter-Swift/\(version) postmeter/\(version)"))
        let encoder = OTLPEncoder(resource: resource)
        var spans = RecordPusher.Configuration()
        spans.interval = .nanoseconds(Int64(configuration.spanInterval.nanoseconds))
        push = Push(
            client: client,
            pushers: Pushers(
                metrics: MetricsPusher(
                    registry: rooms.registry, encoder: encoder, target: target, transport: client,
                    health: health, interval: .nanoseconds(Int64(configuration.interval.nanoseconds)),
                    includesDurable: includesDurable, diagnostics: Diagnostics(warn)),
                spans: RecordPusher(
                    tracers: [rooms.tracer], encoder: encoder, target: target, transport: client,
                    health: health, configuration: spans, diagnostics: Diagnostics(warn))))
    }

    /// Begins to push.
    func start() async {
        await push?.pushers.start()
    }

    /// Adds the scrape route.
    func register(in router: inout HTTPRouter) {
        scrape.register(in: &router)
    }

    /// Pushes a last time, within a deadline, and stops.
    func shutdown() async {
        guard let push else { return }
        await push.pushers.shutdown(within: Self.finalDeadline)
        push.client.shutdown()
    }
}
