import PostmeterExport
import PostmeterExposition
import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTracing
import PostmeterTransport
import ServiceLifecycle
import Synchronization

/// The way out of a service: the scrape port and the pushes, as far as they are configured.
final class ServiceExports: Sendable {
    private struct State {
        var isRunning = false
        var listener: HTTPListener?
        var closing: Task<Void, Never>?
    }

    private let registry: MetricsRegistry
    private let encoder: ExpositionEncoder
    private let service: ScrapeService
    private let address: PostmeterConfiguration.ScrapeAddress?
    private let client: HTTPClient?
    private let pipeline: ExportPipeline?
    private let shutdownTimeout: Duration
    private let diagnostics: Diagnostics
    private let state = Mutex(State())
    private let stops: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    /// Prepares the exports of what a service records.
    init(
        _ configuration: PostmeterConfiguration, _ targets: ServiceTargets, resource: Resource,
        registry: MetricsRegistry, tracers: [Tracer], logs: LogRecorder?
    ) {
        self.registry = registry
        shutdownTimeout = configuration.shutdownTimeout
        diagnostics = configuration.diagnostics
        encoder = ExpositionEncoder(
            resource: resource, options: configuration.exposition.options, diagnostics: diagnostics)
        address = configuration.isDisabled ? nil : configuration.scrape
        let logs = logs.map { [$0] } ?? []
        let health = ExportHealth(
            registry: registry, tracers: tracers, logs: logs, version: Postmeter.version)
        service = ScrapeService(
            registry: registry, encoder: encoder, health: health,
            compresses: configuration.exposition.isCompressed)
        (stops, stop) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard !targets.all.isEmpty else {
            (client, pipeline) = (nil, nil)
            return
        }
        let client = HTTPClient(
            .init(userAgent: "OTel-OTLP-Exporter-Swift/\(Postmeter.version) postmeter/\(Postmeter.version)"))
        self.client = client
        pipeline = ExportPipeline(
            targets: targets.all, spoolDirectory: configuration.spoolDirectory, registry: registry,
            tracers: tracers, logs: logs, encoder: OTLPEncoder(resource: resource), transport: client,
            health: health, diagnostics: diagnostics)
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
        await pipeline?.start()
        await withGracefulShutdownHandler {
            for await _ in stops {}
        } onGracefulShutdown: { [stop] in
            stop.finish()
        }
        await shutdown()
    }

    func flush() async {
        await pipeline?.flush()
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
        await pipeline?.shutdown(within: shutdownTimeout)
        client?.shutdown()
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
}
