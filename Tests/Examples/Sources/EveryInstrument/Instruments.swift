import Postmeter
import Synchronization

/// One of each.
final class Instruments: Sendable {
    /// Values of a label that are known beforehand.
    enum Outcome: String, CaseIterable, Sendable {
        case matched, missing, ambiguous
    }

    private let requests: CaseFamily<Counter, Outcome>
    private let cost: DoubleCounter
    private let queue: UpDownCounter
    private let level: DoubleUpDownCounter
    private let temperature: Gauge
    private let size: IntegerGauge
    private let duration: Family<Histogram>
    private let amounts: Histogram
    private let latency: Histogram
    private let detail: Family<Counter>
    private let secret: Counter
    private let answers: Family<Counter>
    private let visitors: Family<Counter>
    private let rounds = Atomic<Int>(0)

    init(_ metrics: MetricsRegistry) {
        requests = metrics.family(
            InstrumentDescriptor(
                name: "every.requests", kind: .counter, unit: "{request}", labels: ["outcome"]),
            by: Outcome.self)
        cost = metrics.family(
            InstrumentDescriptor(name: "every.cost", kind: .counter, number: .floating, unit: "{USD}")
        ).bind()
        queue = metrics.family(InstrumentDescriptor(name: "every.queue", kind: .upDownCounter)).bind()
        level = metrics.family(
            InstrumentDescriptor(name: "every.level", kind: .upDownCounter, number: .floating)
        ).bind()
        temperature = metrics.family(
            InstrumentDescriptor(name: "every.temperature", kind: .gauge, number: .floating, unit: "Cel")
        ).bind()
        size = metrics.family(InstrumentDescriptor(name: "every.size", kind: .gauge, unit: "By")).bind()
        duration = metrics.family(
            InstrumentDescriptor(
                name: "every.duration", kind: .histogram, unit: "s", labels: ["step", "error.type"],
                bounds: [0.1, 1]))
        amounts = metrics.family(
            InstrumentDescriptor(name: "every.amounts", kind: .histogram, exponential: ExponentialLimits())
        ).bind()
        latency = metrics.family(
            InstrumentDescriptor(name: "every.latency", kind: .histogram, unit: "ms", bounds: [1, 2])
        ).bind()
        detail = metrics.family(
            InstrumentDescriptor(name: "every.detail", kind: .counter, labels: ["page", "user"]))
        secret = metrics.family(InstrumentDescriptor(name: "every.secret", kind: .counter)).bind()
        answers = metrics.family(
            InstrumentDescriptor(
                name: "every.answers", kind: .counter, labels: ["status"], integerLabels: ["status"]))
        visitors = metrics.family(
            InstrumentDescriptor(name: "every.visitors", kind: .counter, labels: ["id"], seriesLimit: 2))
        observe(metrics)
    }

    private func observe(_ metrics: MetricsRegistry) {
        metrics.observe(InstrumentDescriptor(name: "every.ticks", kind: .counter)) { [self] observer in
            observer.record(Int64(rounds.load(ordering: .relaxed) * 10))
        }
        metrics.observe(
            InstrumentDescriptor(
                name: "every.share", kind: .gauge, number: .floating, unit: "1", labels: ["disk"])
        ) { observer in
            observer.record(0.25, "a")
            observer.record(0.75, "b")
        }
    }

    /// Records the same in each round; the round is the one figure that changes.
    func record(round: Int) {
        requests[.matched].add(3)
        requests[.ambiguous].add()
        cost.add(1.25)
        queue.add(5)
        queue.add(-2)
        level.add(2.5)
        level.add(-1)
        temperature.set(21.5)
        size.set(Int64(round))
        for value in [0.0625, 0.5, 0.75, 4] { duration("parse", "").record(value) }
        duration("parse", "Timeout").record(8)
        for value in 0...100 { amounts.record(Double(value)) }
        amounts.record(-3)
        for value in 1...50 { latency.record(Double(value)) }
        detail("home", "ada").add(2)
        detail("home", "grace").add(3)
        secret.add(1)
        answers("200").add(4)
        answers("none").add(1)
        for id in ["a", "b", "c", "d"] { visitors(id).add(1) }
        rounds.add(1, ordering: .relaxed)
    }
}
