import PostmeterMetrics
import PostmeterTracing
import Synchronization

/// What is read from the registry, the tracers and the log recorders at each snapshot, and carried on as
/// instruments.
final class HealthCollection: Sendable {
    /// An instrument that shows one of the readings.
    private struct Sum {
        var mirror: HealthMirror
        let read: @Sendable (HealthReadings) -> UInt64
    }

    private struct Level: Sendable {
        let gauge: Gauge
        let read: @Sendable (HealthReadings) -> Int
    }

    private let tracers: [Tracer]
    private let recorders: [LogRecorder]
    private let sums: Mutex<[Sum]>
    private let levels: [Level]
    private let queued: [ExportSignal: Family<Gauge>]
    private let spoolBytes: Family<Gauge>
    private let spoolItems: Family<Gauge>
    private let spoolAges: Family<Gauge>
    private let lanes = Mutex<[Lane]>([])

    /// A lane and the gauges that show it.
    private struct Lane {
        let figures: LaneFigures
        let queued: Gauge?
        let spool: Spool?

        struct Spool {
            let bytes: Gauge
            let items: Gauge
            let age: Gauge
            let unix: @Sendable () -> UInt64
        }
    }

    /// Makes the instruments; those of log records only when there are recorders.
    init(maker: HealthMaker, tracers: [Tracer], logs: [LogRecorder]) {
        self.tracers = tracers
        recorders = logs
        var sums: [Sum] = []
        var levels: [Level] = []
        var queued: [ExportSignal: Family<Gauge>] = [:]
        Self.describeRegistry(maker, &sums, &levels)
        queued[.traces] = Self.describeSpans(maker, &sums, &levels)
        if !logs.isEmpty { queued[.logs] = Self.describeLogs(maker, &sums, &levels) }
        spoolBytes = maker.gauge(
            "postmeter.spool.bytes", "By", "Bytes of the files that hold what a receiver did not take yet.",
            ["target", "signal"]
        )
        spoolItems = maker.gauge(
            "postmeter.spool.items", "{item}",
            "Points, spans and log records on disk that were not sent yet.",
            ["target", "signal"]
        )
        spoolAges = maker.gauge(
            "postmeter.spool.age", "s", "Age of the oldest request on disk; 0 when there is none.",
            ["target", "signal"]
        )
        self.sums = Mutex(sums)
        self.levels = levels
        self.queued = queued
    }

    func collect(_ registry: RegistryStatistics) {
        let readings = HealthReadings(
            registry: registry,
            spans: tracers.map(\.statistics),
            logs: recorders.map(\.statistics)
        )
        for level in levels {
            level.gauge.set(Double(level.read(readings)))
        }
        lanes.withLock { lanes in
            for lane in lanes { Self.show(lane) }
        }
        sums.withLock { sums in
            for index in sums.indices {
                sums[index].mirror.show(sums[index].read(readings))
            }
        }
    }

    /// Shows the figures of a lane from now on.
    func add(
        _ target: String,
        _ signal: ExportSignal,
        _ figures: LaneFigures,
        spooledBy unix: (@Sendable () -> UInt64)?
    ) {
        let spool = unix.map { unix in
            Lane.Spool(
                bytes: spoolBytes.bind(target, signal.rawValue),
                items: spoolItems.bind(target, signal.rawValue),
                age: spoolAges.bind(target, signal.rawValue),
                unix: unix
            )
        }
        let lane = Lane(figures: figures, queued: queued[signal]?.bind(target), spool: spool)
        Self.show(lane)
        lanes.withLock { $0.append(lane) }
    }

    private static func show(_ lane: Lane) {
        let values = lane.figures.now
        lane.queued?.set(Double(values.queued))
        guard let spool = lane.spool else { return }
        spool.bytes.set(Double(values.spoolBytes))
        spool.items.set(Double(values.spoolItems))
        let now = spool.unix()
        spool.age.set(Double(values.oldest.map { now - min($0, now) } ?? 0) / 1e9)
    }

    private static func describeRegistry(_ maker: HealthMaker, _ sums: inout [Sum], _ levels: inout [Level]) {
        levels += [
            level(maker, "postmeter.families", "{family}", "Instruments of the registry.") {
                $0.registry.families
            },
            level(maker, "postmeter.series", "{series}", "Series of the registry.") { $0.registry.series },
        ]
        sums += [
            sum(
                maker, "postmeter.series.overflows", "{lookup}",
                "Look-ups that ended at an overflow series because a family was at its limit."
            ) { $0.registry.overflowed },
            sum(
                maker, "postmeter.measurements.refused", "{measurement}",
                "Measurements that an instrument refused: not-a-number, infinite, or negative for a sum."
            ) { $0.registry.refused },
            sum(
                maker, "postmeter.series.exhausted", "{series}",
                "Series that were not made because the process had no cell or memory left."
            ) { $0.registry.exhausted },
            sum(
                maker, "postmeter.series.removed", "{series}",
                "Series that were removed, by hand or because they stood still."
            ) { UInt64(max(0, $0.registry.retired)) },
            sum(
                maker, "postmeter.removals.refused", "{removal}",
                "Series that were to be removed and were not: they are durable, or too many had been."
            ) { $0.registry.refusedRemovals },
            sum(
                maker, "postmeter.measurements.late", "{measurement}",
                "What came to removed series through handles kept since before: amounts of integer sums, "
                    + "values of histograms, and series of other instruments that changed."
            ) { $0.registry.late },
        ]
    }

    private static func describeSpans(
        _ maker: HealthMaker, _ sums: inout [Sum], _ levels: inout [Level]
    ) -> Family<Gauge> {
        levels.append(
            level(
                maker, "postmeter.spans.waiting", "{span}", "Ended spans that were not yet taken for export."
            ) {
                $0.spans.reduce(0) { $0 + $1.waiting }
            })
        sums += [
            sum(maker, "postmeter.spans.ended", "{span}", "Sampled spans that ended.") {
                $0.ofSpans { $0.ended }
            },
            sum(
                maker, "postmeter.spans.dropped", "{span}",
                "Sampled spans that were not recorded because all slots were in use."
            ) { $0.ofSpans { $0.dropped } },
        ]
        return maker.gauge(
            "postmeter.spans.queued", "{span}", "Encoded spans that wait in memory to be exported.",
            ["target"]
        )
    }

    private static func describeLogs(
        _ maker: HealthMaker, _ sums: inout [Sum], _ levels: inout [Level]
    ) -> Family<Gauge> {
        levels.append(
            level(
                maker, "postmeter.logs.waiting", "{record}", "Log records that were not yet taken for export."
            ) {
                $0.logs.reduce(0) { $0 + $1.waiting }
            })
        sums += [
            sum(maker, "postmeter.logs.recorded", "{record}", "Log records that were recorded.") {
                $0.ofLogs { $0.recorded }
            },
            sum(
                maker, "postmeter.logs.dropped", "{record}",
                "Log records that were not recorded because the recorder was full."
            ) { $0.ofLogs { $0.dropped } },
            sum(
                maker, "postmeter.logs.truncated", "{record}",
                "Log records whose body was cut."
            ) { $0.ofLogs { $0.truncated } },
        ]
        return maker.gauge(
            "postmeter.logs.queued", "{record}",
            "Encoded log records that wait in memory to be exported.",
            ["target"]
        )
    }

    private static func sum(
        _ maker: HealthMaker, _ name: String, _ unit: String, _ description: String,
        _ read: @escaping @Sendable (HealthReadings) -> UInt64
    ) -> Sum {
        Sum(mirror: HealthMirror(maker.counter(name, unit, description, []).bind()), read: read)
    }

    private static func level(
        _ maker: HealthMaker, _ name: String, _ unit: String, _ description: String,
        _ read: @escaping @Sendable (HealthReadings) -> Int
    ) -> Level {
        Level(gauge: maker.gauge(name, unit, description, []).bind(), read: read)
    }
}
