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

    private let requests: Family<Counter>
    private let retries: Family<Counter>
    private let items: Family<Counter>
    private let lost: Family<Counter>
    private let durations: Family<Histogram>
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
            "postmeter.export.requests",
            "{request}",
            "Exports by signal and outcome, each with all its tries.",
            ["signal", "outcome"]
        )
        retries = maker.counter(
            "postmeter.export.retries",
            "{request}",
            "Further tries of an export after its first.",
            ["signal"]
        )
        items = maker.counter(
            "postmeter.export.items",
            "{item}",
            "Points, spans and log records that receivers accepted, or rejected out of an export they took.",
            ["signal", "outcome"]
        )
        lost = maker.counter(
            "postmeter.export.lost",
            "{item}",
            "Spans and log records given up, by reason. Of metrics nothing is: the next push has all.",
            ["signal", "reason"]
        )
        durations = maker.histogram(
            "postmeter.export.duration",
            "Time that an export took, all its tries and waits included.",
            ["signal"]
        )
        scrapes = maker.histogram(
            "postmeter.scrape.duration",
            "Time that writing the answer to a scrape took.",
            ["format"]
        )
        refusedScrapes = maker.counter(
            "postmeter.scrape.refused",
            "{request}",
            "Scrapes answered with 503 because too many were under way.",
            []
        ).bind()
        maker.gauge(
            "postmeter.build.info",
            "",
            "1, with the version of Postmeter as attribute.",
            ["version"]
        ).bind(version).set(1)
        collection = HealthCollection(maker: maker, tracers: tracers, logs: logs)
        let records: [ExportSignal] = logs.isEmpty ? [.traces] : [.traces, .logs]
        for signal in [.metrics] + records {
            for outcome in ["accepted", "partial", "failed"] { _ = requests.bind(signal.rawValue, outcome) }
            for outcome in ["accepted", "rejected"] { _ = items.bind(signal.rawValue, outcome) }
            _ = retries.bind(signal.rawValue)
        }
        for signal in records {
            for reason in ExportResult.reasons { _ = lost.bind(signal.rawValue, reason) }
        }
        registry.onCollect { [collection, weak registry] in
            if let registry { collection.collect(registry.statistics) }
        }
    }

    func countRequest(_ signal: ExportSignal, _ result: ExportResult) {
        requests(signal.rawValue, result.outcome).add()
    }

    func countRetries(_ signal: ExportSignal, tries: Int) {
        if tries > 1 { retries(signal.rawValue).add(UInt64(tries - 1)) }
    }

    func countItems(_ signal: ExportSignal, accepted: Int, rejected: Int) {
        if accepted > 0 { items(signal.rawValue, "accepted").add(UInt64(accepted)) }
        if rejected > 0 { items(signal.rawValue, "rejected").add(UInt64(rejected)) }
    }

    func countLost(_ signal: ExportSignal, _ count: Int, reason: String) {
        if count > 0 { lost(signal.rawValue, reason).add(UInt64(count)) }
    }

    func duration(_ signal: ExportSignal) -> Histogram {
        durations(signal.rawValue)
    }

    func scrapeDuration(_ format: String) -> Histogram {
        scrapes(format)
    }

    func countRefusedScrape() {
        refusedScrapes.add()
    }

    /// Shows how many records of a signal wait in the queue of its pusher.
    func showQueued(_ signal: ExportSignal, _ count: Int) {
        collection.showQueued(signal, count)
    }
}
