import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTracing
import PostmeterTransport

@testable import PostmeterExport

extension MetricsPusher {
    /// Prepares a pusher to one receiver, without a spool; ``start()`` sets it going.
    init(
        registry: MetricsRegistry,
        temporality: TemporalityPreference = .cumulative,
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        interval: Duration = .seconds(60),
        clock: ExportClock = .system,
        includesDurable: @escaping @Sendable () -> Bool = { true },
        diagnostics: Diagnostics = .silent
    ) {
        let lane = ExportLane(
            .metrics, to: target, by: transport, health, clock, diagnostics, deadline: target.timeout)
        self.init(
            registry: registry, temporality: temporality, encoder: encoder, lane: lane, interval: interval,
            timeout: target.timeout, bodyLimit: OTLPTarget.bodyLimit, clock: clock,
            includesDurable: includesDurable)
    }
}

extension RecordPusher {
    /// Prepares a pusher of spans to one receiver, without a spool; ``start()`` sets it going.
    init(
        tracers: [Tracer],
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        configuration: Configuration = Configuration(),
        clock: ExportClock = .system,
        diagnostics: Diagnostics = .silent
    ) {
        self.init(
            tracers.map { RecordSource($0) },
            encode: { encoder.traces($0.map { (scope: $0.scope, spans: $0.records) }) },
            to: [
                ExportLane(
                    .traces, to: target, by: transport, health, clock, diagnostics,
                    deadline: configuration.deadline, configuration)
            ],
            configuration: configuration,
            clock: clock
        )
    }

    /// Prepares a pusher of log records to one receiver, without a spool; ``start()`` sets it going.
    init(
        logs: [LogRecorder],
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        configuration: Configuration = Configuration(),
        clock: ExportClock = .system,
        diagnostics: Diagnostics = .silent
    ) {
        self.init(
            logs.map { RecordSource($0) },
            encode: { encoder.logs($0) },
            to: [
                ExportLane(
                    .logs, to: target, by: transport, health, clock, diagnostics,
                    deadline: configuration.deadline, configuration)
            ],
            configuration: configuration,
            clock: clock
        )
    }
}

extension ExportLane {
    /// A lane to one receiver, without a spool.
    fileprivate init(
        _ signal: ExportSignal,
        to target: OTLPTarget,
        by transport: any ExportTransport,
        _ health: ExportHealth,
        _ clock: ExportClock,
        _ diagnostics: Diagnostics,
        deadline: Duration,
        _ records: RecordPusher.Configuration = RecordPusher.Configuration()
    ) {
        let figures = LaneFigures()
        var configuration = Configuration()
        configuration.queueLimit = records.queueLimit
        configuration.queueBytesLimit = records.queueBytesLimit
        configuration.deadline = deadline
        self.init(
            sender: OTLPSender(
                to: target, by: transport, health: health.declare("default", signal, figures), clock: clock,
                diagnostics: diagnostics),
            configuration: configuration,
            figures: figures
        )
    }
}

extension Pushers {
    /// Puts pushers together: of metrics, of spans, of log records, each when it is wanted.
    init(metrics: MetricsPusher? = nil, spans: RecordPusher? = nil, logs: RecordPusher? = nil) {
        self.init(metrics: [metrics].compactMap { $0 }, records: [spans, logs].compactMap { $0 })
    }
}
