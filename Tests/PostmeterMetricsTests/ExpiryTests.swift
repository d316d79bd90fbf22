import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct ExpiryTests {
    private static func family<I: Instrument>(_ registry: MetricsRegistry, _ type: I.Type) -> Family<I> {
        registry.family(
            InstrumentDescriptor(
                name: "e", kind: type.kind, labels: ["a"], bounds: type.kind == .histogram ? [1] : [],
                idleLimit: .seconds(60)))
    }

    @Test func `a series that stands still for longer than the limit is taken away`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        let family = Self.family(registry, Counter.self)
        let kept = family("x")
        kept.add(1)
        family("y").add(1)
        #expect(registry.integers("e") == [["x"]: 1, ["y"]: 1])
        clock.set(seconds: 1_060)
        family("y").add(1)
        #expect(registry.integers("e") == [["x"]: 1, ["y"]: 2])
        clock.set(seconds: 1_061)
        #expect(registry.integers("e") == [["y"]: 2])
        kept.add(1)
        #expect(registry.statistics.late == 1)
        clock.set(seconds: 1_100)
        family("x").add(5)
        #expect(registry.integers("e") == [["x"]: 5, ["y"]: 2])
        // Everything that stands still since the last look goes, however long nobody looked.
        clock.set(seconds: 9_000)
        #expect(registry.integers("e") == [:])
        #expect(registry.statistics.retired == 3)
    }

    @Test func `a gauge is idle while its value does not change`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        let family = Self.family(registry, Gauge.self)
        family("same").set(1)
        family("other").set(1)
        _ = family.bind("unset")
        #expect(registry.doubles("e").count == 2)
        clock.set(seconds: 1_050)
        family("same").set(1)
        family("other").set(2)
        #expect(registry.doubles("e").count == 2)
        clock.set(seconds: 1_070)
        #expect(registry.doubles("e") == [["other"]: 2])
        #expect(registry.statistics.retired == 2)
    }

    @Test func `histograms and floating counters expire by what they count`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        let histograms = Self.family(registry, Histogram.self)
        let doubles: Family<DoubleCounter> = registry.family(
            InstrumentDescriptor(name: "d", kind: .counter, labels: ["a"], idleLimit: .milliseconds(500)))
        histograms("x").record(0)
        doubles("x").add(0.5)
        #expect(registry.snapshot().families.map(\.identities.count) == [1, 1])
        clock.set(seconds: 1_040)
        histograms("x").record(0)
        #expect(registry.snapshot().families.map(\.identities.count) == [1, 0])
        clock.set(seconds: 1_100)
        #expect(registry.snapshot().families.map(\.identities.count) == [1, 0])
        clock.set(seconds: 1_101)
        #expect(registry.snapshot().families.map(\.identities.count) == [0, 0])
    }

    @Test func `a clock that is set back expires nothing`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        Self.family(registry, Counter.self)("x").add(1)
        clock.set(seconds: 5_000)
        #expect(registry.integers("e") == [["x"]: 1])
        clock.set(seconds: 2_000)
        #expect(registry.integers("e") == [["x"]: 1])
        clock.set(seconds: 5_060)
        #expect(registry.integers("e") == [["x"]: 1])
    }

    @Test func `differences have what came before the expiry`() {
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry()
        let family = Self.family(registry, Counter.self)
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").add(1)
        _ = reader.read()
        reader.commit()
        family("x").add(2)
        _ = registry.snapshot()  // another reader sees the change
        clock.set(seconds: 2_000)
        #expect(reader.read().families.first?.integers == [["x"]: 2])
        reader.commit()
        #expect(reader.read().families.first?.integers == [:])
    }

    @Test func `durable series do not expire, which is reported`() {
        let heard = Heard()
        let clock = TestClock(seconds: 1_000)
        let registry = clock.registry(heard.diagnostics)
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "d", kind: .counter, labels: ["a"], isDurable: true, idleLimit: .seconds(1)))
        family("x").add(1)
        _ = registry.snapshot()
        clock.set(seconds: 2_000)
        #expect(registry.integers("d") == [["x"]: 1])
        #expect(heard.sentences == ["metric d is durable, so that its series do not expire"])
    }
}
