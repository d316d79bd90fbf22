import PostmeterMetrics
import PostmeterTracing
import Synchronization

/// What is read from the registry and the tracers at each snapshot, and carried on as instruments.
final class HealthCollection: Sendable {
    /// A sum that somebody else keeps, shown by a counter of ours.
    private struct Mirror {
        let counter: Counter
        var shown: UInt64 = 0

        /// Carries the counter on to `sum`; several snapshots may come here in any order.
        mutating func show(_ sum: UInt64) {
            guard sum > shown else { return }
            counter.add(sum - shown)
            shown = sum
        }
    }

    private struct Mirrors {
        var overflowed: Mirror
        var refused: Mirror
        var exhausted: Mirror
        var ended: Mirror
        var dropped: Mirror
    }

    private let tracers: [Tracer]
    private let mirrors: Mutex<Mirrors>
    private let families: Gauge
    private let series: Gauge
    private let waiting: Gauge
    private let queued: Gauge

    init(maker: HealthMaker, tracers: [Tracer]) {
        self.tracers = tracers
        families = maker.gauge("postmeter.families", "{family}", "Instruments of the registry.", []).bind()
        series = maker.gauge("postmeter.series", "{series}", "Series of the registry.", []).bind()
        waiting = maker.gauge(
            "postmeter.spans.waiting",
            "{span}",
            "Ended spans that were not yet taken for export.",
            []
        ).bind()
        queued = maker.gauge(
            "postmeter.spans.queued",
            "{span}",
            "Encoded spans that wait to be exported or tried again.",
            []
        ).bind()
        queued.set(0)
        func mirror(_ name: String, _ unit: String, _ description: String) -> Mirror {
            Mirror(counter: maker.counter(name, unit, description, []).bind())
        }
        mirrors = Mutex(
            Mirrors(
                overflowed: mirror(
                    "postmeter.series.overflows",
                    "{lookup}",
                    "Look-ups that ended at an overflow series because a family was at its limit."
                ),
                refused: mirror(
                    "postmeter.measurements.refused",
                    "{measurement}",
                    "Measurements that an instrument refused: not-a-number, infinite, or negative for a sum."
                ),
                exhausted: mirror(
                    "postmeter.series.exhausted",
                    "{series}",
                    "Series that were not made because the process had no cell or memory left."
                ),
                ended: mirror("postmeter.spans.ended", "{span}", "Sampled spans that ended."),
                dropped: mirror(
                    "postmeter.spans.dropped",
                    "{span}",
                    "Sampled spans that were not recorded because all slots were in use."
                )
            )
        )
    }

    func collect(_ registry: RegistryStatistics) {
        families.set(Double(registry.families))
        series.set(Double(registry.series))
        let statistics = tracers.map(\.statistics)
        waiting.set(Double(statistics.reduce(0) { $0 + $1.waiting }))
        mirrors.withLock { mirrors in
            mirrors.overflowed.show(registry.overflowed)
            mirrors.refused.show(registry.refused)
            mirrors.exhausted.show(registry.exhausted)
            mirrors.ended.show(statistics.reduce(0) { $0 &+ $1.ended })
            mirrors.dropped.show(statistics.reduce(0) { $0 &+ $1.dropped })
        }
    }

    func showQueued(_ count: Int) {
        queued.set(Double(count))
    }
}
