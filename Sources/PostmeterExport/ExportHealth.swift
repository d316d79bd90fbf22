package import PostmeterMetrics
import PostmeterModel
package import PostmeterTracing
import Synchronization

/// What the export says of itself: the instruments `postmeter.*` of one registry.
///
/// Series whose attributes are known beforehand start at 0, so that a first failure shows as a change.
package final class ExportHealth: Sendable {
    static let scope = InstrumentationScope(name: "postmeter.export")
    static let durationBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// Items of all targets that receivers accepted.
    let acceptedItems = Atomic<UInt64>(0)
    /// Items of all targets that were given up.
    let lostItems = Atomic<UInt64>(0)

    let requests: Family<Counter>
    let retries: Family<Counter>
    let items: Family<Counter>
    let lost: Family<Counter>
    let durations: Family<Histogram>
    let lastAccepted: Family<Gauge>
    let written: Family<Counter>
    let drained: Family<Counter>
    let thinned: Family<Counter>
    private let spoolLimits: Family<Gauge>
    private let scrapes: Family<Histogram>
    private let refusedScrapes: Counter
    private let collection: HealthCollection

    /// Makes the instruments.
    ///
    /// - Parameters:
    ///   - registry: Whose health it is and who carries it.
    ///   - tracers: Whose spans are exported.
    ///   - logs: Whose log records are exported.
    ///   - version: The version of the program or library.
    package init(registry: MetricsRegistry, tracers: [Tracer], logs: [LogRecorder] = [], version: String) {
        let maker = HealthMaker(registry: registry)
        requests = maker.counter(
            "postmeter.export.requests", "{request}",
            "Exports by target, signal and outcome, each with all its tries.",
            ["target", "signal", "outcome"]
        )
        retries = maker.counter(
            "postmeter.export.retries", "{request}", "Further tries of an export after its first.",
            ["target", "signal"]
        )
        items = maker.counter(
            "postmeter.export.items", "{item}",
            "Points, spans and log records that receivers accepted, or rejected out of an export they took.",
            ["target", "signal", "outcome"]
        )
        lost = maker.counter(
            "postmeter.export.lost", "{item}",
            "Spans, log records and spooled points given up, by reason. Of points that were not spooled none "
                + "is: the next push has all.",
            ["target", "signal", "reason"]
        )
        durations = maker.histogram(
            "postmeter.export.duration", "Time that an export took, all its tries and waits included.",
            ["target", "signal"]
        )
        lastAccepted = maker.gauge(
            "postmeter.export.last.accepted", "s",
            "When a request was accepted last, in Unix time; absent before the first.",
            ["target", "signal"]
        )
        written = maker.counter(
            "postmeter.spool.written", "{item}",
            "Points, spans and log records that were put on disk for a receiver that was away.",
            ["target", "signal"]
        )
        drained = maker.counter(
            "postmeter.spool.drained", "{item}",
            "Points, spans and log records that a receiver took from the spool, rejected ones included.",
            ["target", "signal"]
        )
        thinned = maker.counter(
            "postmeter.spool.thinned", "{request}",
            "Pushes of sums that were left out of the spool during a long outage.", ["target"]
        )
        spoolLimits = maker.gauge(
            "postmeter.spool.limit", "By", "Bytes that the spool of a signal of a target may take on disk.",
            ["target", "signal"]
        )
        scrapes = maker.histogram(
            "postmeter.scrape.duration", "Time that writing the answer to a scrape took.", ["format"]
        )
        refusedScrapes = maker.counter(
            "postmeter.scrape.refused", "{request}",
            "Scrapes answered with 503 because too many were under way.", []
        ).bind()
        maker.gauge(
            "postmeter.build.info", "", "1, with the version of Postmeter as attribute.", ["version"]
        ).bind(version).set(1)
        collection = HealthCollection(maker: maker, tracers: tracers, logs: logs)
        registry.onCollect { [collection, weak registry] in
            if let registry { collection.collect(registry.statistics) }
        }
    }

    /// Makes the series of a lane, at 0, and shows its figures from now on.
    ///
    /// - Parameter unix: What its spool reckons ages by, in nanoseconds since the Unix epoch; nil: it has none.
    func declare(
        _ target: String,
        _ signal: ExportSignal,
        _ figures: LaneFigures,
        spooledBy unix: (@Sendable () -> UInt64)? = nil
    ) -> LaneHealth {
        for outcome in ["accepted", "partial", "failed"] {
            _ = requests.bind(target, signal.rawValue, outcome)
        }
        for outcome in ["accepted", "rejected"] { _ = items.bind(target, signal.rawValue, outcome) }
        _ = retries.bind(target, signal.rawValue)
        if signal != .metrics || unix != nil {
            for reason in ExportResult.reasons { _ = lost.bind(target, signal.rawValue, reason) }
        }
        if unix != nil {
            for reason in ExportResult.spoolReasons { _ = lost.bind(target, signal.rawValue, reason) }
            _ = written.bind(target, signal.rawValue)
            _ = drained.bind(target, signal.rawValue)
            if signal == .metrics { _ = thinned.bind(target) }
        }
        collection.add(target, signal, figures, spooledBy: unix)
        return LaneHealth(health: self, target: target, signal: signal)
    }

    /// Shows how many bytes the spool of a lane may take.
    func showSpoolLimit(_ target: String, _ signal: ExportSignal, _ bytes: Int) {
        spoolLimits(target, signal.rawValue).set(Double(bytes))
    }

    func scrapeDuration(_ format: String) -> Histogram {
        scrapes(format)
    }

    func countRefusedScrape() {
        refusedScrapes.add()
    }
}
