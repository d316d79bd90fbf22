import Postmeter

/// Instruments of every kind.
struct Figures {
    private static let scope = InstrumentationScope(name: "differential", version: "1.2.3")

    private let requests: Family<Counter>
    private let cost: DoubleCounter
    private let queue: UpDownCounter
    private let level: DoubleUpDownCounter
    private let temperature: Gauge
    private let size: IntegerGauge
    private let duration: Family<Histogram>
    private let amounts: Histogram
    private let latency: Histogram
    private let single: Histogram

    init(_ metrics: MetricsRegistry) {
        func made(
            _ name: String, _ kind: InstrumentKind, _ number: InstrumentDescriptor.Number = .integer,
            unit: String = "", _ description: String = "", labels: [String] = [], bounds: [Double] = [],
            exponential: ExponentialLimits? = nil
        ) -> InstrumentDescriptor {
            InstrumentDescriptor(
                name: name, kind: kind, number: number, unit: unit, description: description, labels: labels,
                bounds: bounds, scope: Self.scope, exponential: exponential)
        }
        requests = metrics.family(
            made(
                "d.requests", .counter, unit: "{request}", "Requests by outcome.",
                labels: ["outcome", "http.route"]))
        cost = metrics.family(made("d.cost", .counter, .floating, unit: "{USD}")).bind()
        queue = metrics.family(made("d.queue", .upDownCounter)).bind()
        level = metrics.family(made("d.level", .upDownCounter, .floating)).bind()
        temperature = metrics.family(made("d.temperature", .gauge, .floating, unit: "Cel")).bind()
        size = metrics.family(made("d.size", .gauge, unit: "By")).bind()
        duration = metrics.family(
            made("d.duration", .histogram, unit: "s", labels: ["step"], bounds: [0.1, 1]))
        amounts = metrics.family(made("d.amounts", .histogram, exponential: ExponentialLimits())).bind()
        latency = metrics.family(
            made("d.latency", .histogram, unit: "ms", exponential: ExponentialLimits(maxSize: 20))
        ).bind()
        single = metrics.family(made("d.single", .histogram, exponential: ExponentialLimits())).bind()
        metrics.observe(made("d.ticks", .counter)) { $0.record(Int64(40)) }
        metrics.observe(made("d.pending", .upDownCounter)) { $0.record(Int64(-4)) }
        metrics.observe(made("d.share", .gauge, .floating, unit: "1", labels: ["disk"])) { observer in
            observer.record(0.25, "a")
            observer.record(0.75, "b")
        }
    }

    /// Each measurement here becomes an exemplar: there is one for each series or bucket.
    func recordInSpan() {
        requests("ok", "/things/{id}").add(3)
        cost.add(1.25)
        temperature.set(21.5)
        for value in [0.0625, 0.5, 4] { duration("parse").record(value) }
        single.record(3.5)
    }

    func record() {
        requests("error", "/ä\"\\\n").add(1)
        queue.add(5)
        queue.add(-2)
        level.add(2.5)
        level.add(-1)
        size.set(7)
        for value in [0.1, 1, 1.0000001] { duration("bounds").record(value) }
        for value in 0...100 { amounts.record(Double(value)) }
        for value in 1...50 { latency.record(Double(value)) }
    }
}
