import PostmeterExport
import PostmeterExposition
import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTracing
import PostmeterTransport
import Synchronization

/// The way out of a service: the scrape port and the pushes, as far as they are configured.
final class ServiceExports: Sendable {
    /// How long the last exports may take.
    private static let finalDeadline = Duration.seconds(10)

    /// What pushes.
    private struct Push: Sendable {
        let client: HTTPClient
        let metrics: MetricsPusher
        let spans: SpanPusher
    }

    private struct State {
        var isRunning = false
        var listener: HTTPListener?
        var closing: Task<Void, Never>?
    }

    private let registry: MetricsRegistry
    private let encoder: ExpositionEncoder
    private let service: ScrapeService
    private let address: PostmeterConfiguration.ScrapeAddress?
    private let push: Push?
    private let diagnostics: Diagnostics
    private let state = Mutex(State())
    private let stops: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    init(
        _ configuration: PostmeterConfiguration, resource: Resource, registry: MetricsRegistry, tracer: Tracer
    ) throws(PostmeterError) {
        self.registry = registry
        diagnostics = configuration.diagnostics
        encoder = ExpositionEncoder(resource: resource, diagnostics: configuration.diagnostics)
        address = configuration.isDisabled ? nil : configuration.scrape
        let health = ExportHealth(registry: registry, tracers: [tracer], version: Postmeter.version)
        service = ScrapeService(registry: registry, encoder: encoder, health: health)
        (stops, stop) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard let otlp = configuration.otlp, let endpoint = otlp.endpoint, !configuration.isDisabled else {
            push = nil
            return
        }
        let target = try Self.target(otlp, endpoint)
        let client = HTTPClient(
            .init(userAgent: "OTel-OTLP-Exporter-Swift/\(Postmeter.version) postmeter/\(Postmeter.version)"))
        let writer = OTLPEncoder(resource: resource)
        var spans = SpanPusher.Configuration()
        spans.interval = configuration.spans.interval
        push = Push(
            client: client,
            metrics: MetricsPusher(
                registry: registry, encoder: writer, target: target, transport: client, health: health,
                interval: configuration.metricInterval, diagnostics: configuration.diagnostics),
            spans: SpanPusher(
                tracers: [tracer], encoder: writer, target: target, transport: client, health: health,
                configuration: spans, diagnostics: configuration.diagnostics))
    }

    /// The port that scrapes are answered on now.
    var port: Int? {
        state.withLock { $0.listener?.port }
    }

    func scrape(accept: String?) -> Scrape {
        let format = ExpositionFormat.negotiate(accept: accept)
        var body: [UInt8] = []
        encoder.encode(registry.snapshot(audience: .scrapes), as: format, into: &body)
        return Scrape(contentType: format.contentType, body: body)
    }

    func run() async throws(PostmeterError) {
        let isFirst = state.withLock { state in
            guard !state.isRunning, state.closing == nil else { return false }
            state.isRunning = true
            return true
        }
        guard isFirst else {
            diagnostics.warn("Postmeter runs already, or was shut down: a second run() does nothing")
            return
        }
        do {
            try await listen()
        } catch {
            await shutdown()
            throw error
        }
        await push?.metrics.start()
        await push?.spans.start()
        for await _ in stops {}
        await shutdown()
    }

    func flush() async {
        guard let push else { return }
        async let spans: Void = push.spans.flush()
        async let metrics: Void = push.metrics.push()
        _ = await (spans, metrics)
    }

    func shutdown() async {
        let closing = state.withLock { state in
            if let closing = state.closing { return closing }
            // A task of its own, since the one that runs may be cancelled.
            let closing = Task { await close() }
            state.closing = closing
            return closing
        }
        await closing.value
    }

    private func close() async {
        stop.finish()
        let listener = state.withLock { $0.listener.take() }
        await listener?.close(within: .seconds(1))
        guard let push else { return }
        async let spans = push.spans.shutdown(within: Self.finalDeadline)
        async let metrics = push.metrics.shutdown(within: Self.finalDeadline)
        _ = await (spans, metrics)
        push.client.shutdown()
    }

    private func listen() async throws(PostmeterError) {
        guard let address else { return }
        var router = HTTPRouter()
        service.register(in: &router)
        let listener: HTTPListener
        do {
            listener = try await HTTPListener.bind(
                .init(host: address.host, port: address.port), router: router,
                warn: { [diagnostics] in diagnostics.warn($0) })
        } catch {
            throw PostmeterError("the scrape address \(address.host):\(address.port): \(error)")
        }
        let isClosing = state.withLock { state in
            if state.closing == nil { state.listener = listener }
            return state.closing != nil
        }
        if isClosing { await listener.close(within: .zero) }
    }

    private static func target(_ otlp: PostmeterConfiguration.OTLP, _ endpoint: String) throws(PostmeterError) -> OTLPTarget {
        for (name, value) in otlp.headers.sorted(by: { $0.key < $1.key }) {
            guard PostmeterConfiguration.isFieldName(name), PostmeterConfiguration.isFieldValue(value) else {
                throw PostmeterError(
                    "otlp.headers: '\(name)' or its value cannot stand in a request; remove control characters"
                )
            }
        }
        do {
            return try OTLPTarget(
                .base(endpoint),
                headers: HTTPHeaders(otlp.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
                compression: otlp.isCompressed ? .gzip : .none, timeout: otlp.timeout)
        } catch {
            throw PostmeterError("otlp.endpoint: \(error)")
        }
    }
}
