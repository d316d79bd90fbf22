import PostmeterExport
import PostmeterExposition
public import PostmeterMail
public import PostmeterMetrics
public import PostmeterModel
public import PostmeterTracing
public import ServiceLifecycle

/// The telemetry of one service: its figures, its spans, its mail hooks, and the way out for all of them.
///
/// ```swift
/// let postmeter = try Postmeter(configuration: .fromEnvironment())
/// let agent = postmeter.agent(
///     organization: "acme", account: "support", domain: "support.acme.example", agent: "triage",
///     provider: .resend)
/// async let running: Void = postmeter.run()
/// ```
/// Recording never waits, throws or ends the process, whether or not anything is running. Every method may be
/// called on any thread.
public final class Postmeter: Service {
    /// The version of the library.
    public static let version = "0.1.0"

    /// How the service was configured.
    public let configuration: PostmeterConfiguration
    /// What emits: the attributes that go with every export.
    public let resource: Resource
    /// The service's own counters, gauges and histograms.
    public let metrics: MetricsRegistry
    /// The service's own spans.
    public let tracer: Tracer
    /// The mail hooks.
    public let hooks: MailHooks
    /// swift-metrics over ``metrics``.
    public let metricsFactory: SwiftMetricsFactory

    /// swift-distributed-tracing over a tracer of its own.
    public let distributedTracer: DistributedTracer
    /// The service's own log records.
    public let logs: LogRecorder

    /// Whether log records go anywhere.
    let recordsLogs: Bool
    let exports: ServiceExports

    /// Makes the telemetry of a service; nothing leaves the process before ``run()``.
    ///
    /// - Throws: When a target has a name, an endpoint, a header, a limit or TLS files that cannot be used; the error
    ///   names it.
    public init(configuration: PostmeterConfiguration = PostmeterConfiguration()) throws(PostmeterError) {
        let targets = try ServiceTargets(configuration)
        let diagnostics = configuration.diagnostics
        self.configuration = configuration
        resource = ResourceDetection().resource(for: configuration)
        metrics = MetricsRegistry(
            diagnostics: diagnostics,
            exemplars: configuration.isDisabled ? .alwaysOff : configuration.exemplars,
            currentSpan: { CurrentSpan.context }, views: configuration.allViews)
        if configuration.recordsProcess, !configuration.isDisabled { _ = ProcessMetrics(registry: metrics) }
        metricsFactory = SwiftMetricsFactory(
            registry: metrics, timerBounds: configuration.timerBounds,
            recorderBounds: configuration.recorderBounds, diagnostics: diagnostics)
        tracer = Self.tracer(MailConventions.scope, configuration)
        recordsLogs = targets.all.contains { $0.logs != nil }
        logs = LogRecorder(
            capacity: recordsLogs ? configuration.logs.capacity : 1, limits: configuration.logLimits,
            diagnostics: diagnostics)
        hooks = MailHooks(
            registry: metrics, tracer: tracer, traceKey: Self.traceKey(configuration),
            privacy: configuration.privacy, agentLimit: configuration.agentLimit,
            logs: recordsLogs ? logs : nil, events: configuration.events, diagnostics: diagnostics)
        let tracing = Self.tracer(DistributedTracer.scope, configuration)
        let exports = ServiceExports(
            configuration, targets, resource: resource, registry: metrics, tracers: [tracer, tracing],
            logs: recordsLogs ? logs : nil)
        self.exports = exports
        distributedTracer = DistributedTracer(
            tracing, propagators: configuration.propagators,
            recordsErrorMessages: configuration.recordsErrorMessages
        ) { Task { await exports.flush() } }
    }

    /// The hooks of an agent at a provider; keep them, since asking looks the agent up.
    ///
    /// - Parameters:
    ///   - organization: The top tenant.
    ///   - account: The account within it.
    ///   - domain: The domain of the agent's address.
    ///   - agent: The agent's id; not an address.
    ///   - provider: The platform that carries its mail.
    public func agent(
        organization: String, account: String, domain: String, agent: String, provider: MailProvider
    ) -> AgentHooks {
        hooks.agent(
            MailIdentity(organization: organization, account: account, domain: domain, agent: agent),
            provider: provider)
    }

    /// Records an event that the service itself knows of, of an agent's mail: its figures and its span.
    ///
    /// See `AgentHooks.record(_:)`, which saves the look-up.
    public func record(_ event: MailEvent, of agent: MailIdentity) {
        hooks.agent(agent, provider: event.provider).record(event)
    }

    /// All figures as a scraper reads them.
    ///
    /// - Parameter accept: The scraper's `Accept` header; without one, or with one that asks for nothing known,
    ///   the answer is Prometheus text 0.0.4, else OpenMetrics 1.0 when that is preferred.
    public func scrape(accept: String? = nil) -> Scrape {
        exports.scrape(accept: accept)
    }

    /// Answers scrapes and pushes, until the task is cancelled or ``shutdown()`` is called; then exports a last
    /// time and returns.
    ///
    /// Call it once, in a task of its own or as a service of swift-service-lifecycle, whose graceful shutdown
    /// ends it as well.
    /// - Throws: When the scrape address cannot be listened on.
    public func run() async throws(PostmeterError) {
        try await exports.run()
    }

    /// The port that scrapes are answered on while ``run()`` runs; nil when there is none.
    public var scrapePort: Int? {
        exports.port
    }

    /// Exports everything that was recorded, now, and returns when that is over.
    public func flush() async {
        await exports.flush()
    }

    /// Exports a last time, within ``PostmeterConfiguration/shutdownTimeout``, and ends ``run()``.
    ///
    /// A second call waits for the first.
    public func shutdown() async {
        await exports.shutdown()
    }

    private static func tracer(
        _ scope: InstrumentationScope, _ configuration: PostmeterConfiguration
    ) -> Tracer {
        Tracer(
            scope: scope, sampler: configuration.isDisabled ? .alwaysOff : configuration.sampler,
            capacity: configuration.isDisabled ? 1 : configuration.spans.capacity,
            limits: configuration.spanLimits, diagnostics: configuration.diagnostics)
    }

    private static func traceKey(_ configuration: PostmeterConfiguration) -> [UInt8] {
        if let key = configuration.traceKey { return Array(key.utf8) }
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in .random(in: .min ... .max, using: &generator) }
    }
}
