import PostmeterJournal
package import PostmeterMetrics
package import PostmeterModel
package import PostmeterOTLP
package import PostmeterTracing
import Synchronization

/// Everything that is pushed, to any number of targets.
///
/// Records are taken from their sources once and encoded once; every target has a reader of the metrics and
/// lanes of its own. A target that is slow or away takes nothing from the others.
package final class ExportPipeline: Sendable {
    private let pushers: Pushers
    private let clock: ExportClock
    /// Says which spools belong to no target any more.
    private let warnOfLeftovers: @Sendable () -> Void
    let lanes: [ExportLane]

    /// Prepares the pushes; ``start()`` sets them going.
    ///
    /// Nothing is thrown: a spool that cannot be used is told to `diagnostics`, and its lane works in memory.
    ///
    /// - Parameters:
    ///   - targets: Where it all goes; their names differ.
    ///   - spoolDirectory: Where spools are kept, `<target>/<signal>` below it; nil: nowhere.
    ///   - registry: What metrics are pushed of.
    ///   - tracers: Whose spans are pushed; nobody else may take them.
    ///   - logs: Whose log records are pushed; nobody else may take them.
    ///   - encoder: Knows the resource.
    ///   - transport: What sends, where a target has none of its own.
    ///   - health: Shows the series of each target.
    ///   - includesDurable: Whether durable families are in a push; false while they are being restored.
    ///   - logDiagnostics: What the push of logs complains to, which must not become a log record; nil: the same.
    ///   - random: From 0 up to 1, for the back-off.
    package convenience init(
        targets: [ExportTarget],
        spoolDirectory: String? = nil,
        registry: MetricsRegistry,
        tracers: [Tracer],
        logs: [LogRecorder] = [],
        encoder: OTLPEncoder,
        transport: any ExportTransport,
        health: ExportHealth,
        clock: ExportClock = .system,
        includesDurable: @escaping @Sendable () -> Bool = { true },
        diagnostics: Diagnostics = .silent,
        logDiagnostics: Diagnostics? = nil
    ) {
        let maker = LaneMaker(
            spoolDirectory: spoolDirectory,
            transport: transport,
            health: health,
            clock: clock,
            diagnostics: diagnostics,
            logDiagnostics: logDiagnostics ?? diagnostics
        )
        self.init(
            targets,
            maker,
            registry: registry,
            sources: [.traces: tracers.map { RecordSource($0) }, .logs: logs.map { RecordSource($0) }],
            encoder: encoder,
            includesDurable: includesDurable
        )
    }

    init(
        _ targets: [ExportTarget],
        _ maker: LaneMaker,
        registry: MetricsRegistry,
        sources: [ExportSignal: [RecordSource]],
        encoder: OTLPEncoder,
        includesDurable: @escaping @Sendable () -> Bool = { true }
    ) {
        clock = maker.clock
        var lanes: [ExportLane] = []
        var metrics: [MetricsPusher] = []
        for target in targets {
            maker.showLimits(of: target)
            guard let receiver = target.metrics, let lane = maker.lane(.metrics, of: target) else { continue }
            lanes.append(lane)
            metrics.append(
                MetricsPusher(
                    registry: registry,
                    temporality: target.temporality,
                    encoder: encoder,
                    lane: lane,
                    interval: target.metricInterval,
                    timeout: target.metricTimeout ?? receiver.timeout,
                    bodyLimit: target.bodyLimit(isSpooled: lane.isSpooled),
                    clock: maker.clock,
                    includesDurable: includesDurable
                )
            )
        }
        var records: [RecordPusher] = []
        for signal in [ExportSignal.traces, .logs] {
            let reached = targets.compactMap { target in maker.lane(signal, of: target).map { (target, $0) } }
            guard !reached.isEmpty else { continue }
            lanes += reached.map { $0.1 }
            records.append(
                RecordPusher(
                    sources[signal] ?? [],
                    encode: Self.encoding(signal, encoder),
                    to: reached.map { $0.1 },
                    configuration: Self.common(signal, reached),
                    clock: maker.clock
                )
            )
        }
        self.lanes = lanes
        warnOfLeftovers = Self.leftovers(maker, lanes)
        pushers = Pushers(metrics: metrics, records: records)
    }

    /// Begins to push; what an earlier process left on disk goes first.
    package func start() async {
        warnOfLeftovers()
        await pushers.start()
    }

    /// Pushes everything that was recorded by now, and returns when all of it was taken, given up and counted,
    /// or is on disk.
    package func flush() async {
        await pushers.flush()
    }

    /// Pushes a last time and stops; what is not taken within `deadline` goes to the spools, or is counted.
    ///
    /// Spans and log records go first, and have half of the time when there are metrics. Those go last, so
    /// that they tell what became of the others.
    ///
    /// - Returns: Whether everything was over within `deadline`.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        await pushers.shutdown(within: deadline, clock: clock)
    }

    /// What became of points, spans and log records so far, over all targets.
    package struct Totals: Sendable, Hashable {
        /// Those that receivers accepted.
        package var accepted: UInt64 = 0
        /// Those that were given up.
        package var lost: UInt64 = 0
        /// Those that wait in spools.
        package var spooled = 0

        package init() {}
    }

    /// What became of points, spans and log records so far; thread-safe.
    package var totals: Totals {
        var totals = Totals()
        totals.spooled = lanes.reduce(0) { $0 + $1.figures.now.spoolItems }
        if let health = lanes.first?.health.health {
            totals.accepted = health.acceptedItems.load(ordering: .relaxed)
            totals.lost = health.lostItems.load(ordering: .relaxed)
        }
        return totals
    }

    private static func leftovers(_ maker: LaneMaker, _ lanes: [ExportLane]) -> @Sendable () -> Void {
        guard let directory = maker.spoolDirectory else { return {} }
        let known = Set(lanes.filter(\.isSpooled).map { "\($0.health.target)/\($0.health.signal)" })
        return {
            for spool in SpoolFolder(directory).inspect() where spool.items > 0 {
                guard !known.contains("\(spool.target)/\(spool.signal)") else { continue }
                maker.diagnostics.warn(
                    "the spool of target '\(spool.target)' holds \(spool.items) items of \(spool.signal) for "
                        + "nobody: no such target is configured with a spool; 'postmeter spool drop --target "
                        + "\(spool.target)' removes them"
                )
            }
        }
    }

    private static func encoding(
        _ signal: ExportSignal,
        _ encoder: OTLPEncoder
    ) -> @Sendable ([RecordSource.Batch]) -> [UInt8]? {
        guard signal == .traces else { return { encoder.logs($0) } }
        return { batches in encoder.traces(batches.map { (scope: $0.scope, spans: $0.records) }) }
    }

    /// How records are taken when several targets have each their own idea of it.
    private static func common(
        _ signal: ExportSignal,
        _ reached: [(ExportTarget, ExportLane)]
    ) -> RecordPusher.Configuration {
        var common = RecordPusher.Configuration()
        let all = reached.map { signal == .traces ? $0.0.spans : $0.0.logRecords }
        common.interval = all.map(\.interval).min() ?? common.interval
        common.batchLimit = all.map(\.batchLimit).min() ?? common.batchLimit
        // The last record of a batch may have 64 KiB, and what stands around the records as much.
        let bodies = reached.map { max(16 << 10, $0.0.bodyLimit(isSpooled: $0.1.isSpooled) - (128 << 10)) }
        common.batchBytesLimit = (all.map(\.batchBytesLimit) + bodies).min() ?? common.batchBytesLimit
        return common
    }
}
