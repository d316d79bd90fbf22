import PostmeterModel
import Testing

@testable import PostmeterMetrics

/// Instruments that are set, or added to in both directions.
@Suite
struct SettingTests {
    private func integerGauge(_ registry: MetricsRegistry, isDurable: Bool = false) -> Family<IntegerGauge> {
        registry.family(
            InstrumentDescriptor(name: "depth", kind: .gauge, labels: ["a"], isDurable: isDurable))
    }

    @Test func `an integer gauge holds every integer, and none until it is set`() {
        let registry = MetricsRegistry.fixed()
        let depth = integerGauge(registry)
        let one = depth.bind("one")
        let other = depth.bind("other")
        #expect(registry.integers("depth") == [:])
        for value in [0, 1, -1, Int64.max, .min, .min + 1] {
            one.set(value)
            #expect(registry.integers("depth") == [["one"]: value])
        }
        one.clear()
        #expect(registry.integers("depth") == [:])
        other.set(7)
        one.set(.min)
        one.set(5)
        #expect(registry.integers("depth") == [["one"]: 5, ["other"]: 7])
    }

    @Test func `many integer gauges do not share values`() {
        let registry = MetricsRegistry.fixed()
        let depth = integerGauge(registry)
        for index in 0..<600 where index % 3 > 0 { depth("\(index)").set(Int64(index)) }
        for index in 0..<600 where index % 3 == 0 { _ = depth.bind("\(index)") }
        let expected = (0..<600).filter { $0 % 3 > 0 }.map { (["\($0)"], Int64($0)) }
        #expect(registry.integers("depth") == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test func `adding to an integer gauge begins at zero and wraps around`() {
        let registry = MetricsRegistry.fixed()
        let one = integerGauge(registry).bind("one")
        one.add(3)
        one.add(-5)
        #expect(registry.integers("depth") == [["one"]: -2])
        one.set(.max)
        one.add(1)
        #expect(registry.integers("depth") == [["one"]: .min])
        one.add(1)
        #expect(registry.integers("depth") == [["one"]: .min + 1])
        one.clear()
        one.add(9)
        #expect(registry.integers("depth") == [["one"]: 9])
    }

    @Test func `adding to a gauge begins at zero, and not-a-number never comes of it`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(InstrumentDescriptor(name: "load", kind: .gauge))
        let load = family.bind()
        load.add(.nan)
        #expect(registry.doubles("load") == [:])
        load.add(1.5)
        load.add(-4)
        #expect(registry.doubles("load") == [[]: -2.5])
        load.set(.infinity)
        load.add(-.infinity)
        #expect(registry.doubles("load") == [[]: .infinity])
        #expect(registry.statistics.refused == 2)
    }

    @Test func `no amount is lost when threads add at once`() {
        let registry = MetricsRegistry.fixed()
        let depth = integerGauge(registry).bind("one")
        let loads: Family<Gauge> = registry.family(InstrumentDescriptor(name: "load", kind: .gauge))
        let load = loads.bind()
        onThreads(4) { thread in
            for _ in 0..<2_000 {
                depth.add(Int64(thread) - 1)
                load.add(0.5)
            }
        }
        #expect(registry.integers("depth") == [["one"]: 4_000])
        #expect(registry.doubles("load") == [[]: 4_000])
    }

    @Test func `a floating up-down counter rises and falls, and refuses what is not finite`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<DoubleUpDownCounter> = registry.family(
            InstrumentDescriptor(name: "volume", kind: .upDownCounter))
        let volume = family.bind()
        onThreads(2) { _ in
            for amount in [1.5, -4, 0.25, .nan, .infinity, -.infinity] { volume.add(amount) }
        }
        #expect(registry.doubles("volume") == [[]: -4.5])
        #expect(registry.statistics.refused == 6)
    }

    @Test func `a durable integer gauge comes back with its values`() throws {
        let before = MetricsRegistry.fixed()
        let depth = integerGauge(before, isDurable: true)
        depth("one").set(.min)
        depth("two").set(-3)
        _ = depth.bind("none")
        let saved = try #require(before.durableFamilies.first)
        var words: [UInt64] = []
        saved.readWords(into: &words)
        let after = MetricsRegistry.fixed()
        _ = integerGauge(after, isDurable: true)
        let fresh = try #require(after.durableFamilies.first)
        try fresh.restore(identities: saved.identities(from: 0), words: words)
        #expect(after.integers("depth") == [["one"]: .min, ["two"]: -3])
    }
}
