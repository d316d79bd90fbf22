import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct GaugeTests {
    @Test func `a gauge that was never set is not exported`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "last", kind: .gauge, labels: ["endpoint"])
        )
        let first = family.bind("a")
        _ = family.bind("b")
        #expect(registry.doubles("last") == [:])
        #expect(registry.family(named: "last")?.identities.isEmpty == true)
        first.set(0)
        #expect(registry.doubles("last") == [["a"]: 0])
    }

    @Test func `the last value set holds, on whatever thread it was set`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(InstrumentDescriptor(name: "depth", kind: .gauge))
        let depth = family.bind()
        depth.set(1)
        onThreads(1) { _ in depth.set(-2.5) }
        #expect(registry.doubles("depth") == [[]: -2.5])
        depth.set(.infinity)
        #expect(registry.doubles("depth") == [[]: .infinity])
    }

    @Test func `not-a-number is refused and the last value holds`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(InstrumentDescriptor(name: "depth", kind: .gauge))
        let depth = family.bind()
        depth.set(4)
        depth.set(.nan)
        depth.set(-.nan)
        #expect(registry.doubles("depth") == [[]: 4])
        #expect(registry.statistics.refused == 2)
    }

    @Test func `a gauge that is cleared leaves the export until it is set again`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "ratio", kind: .gauge, labels: ["agent"])
        )
        family.bind("a").set(0.1)
        family.bind("b").set(0.2)
        family.bind("c").set(0.3)
        family.bind("b").clear()
        #expect(registry.doubles("ratio") == [["a"]: 0.1, ["c"]: 0.3])
        family.bind("b").set(0.5)
        #expect(registry.doubles("ratio") == [["a"]: 0.1, ["b"]: 0.5, ["c"]: 0.3])
    }

    @Test func `what onCollect sets is in the same snapshot`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "age", kind: .gauge, labels: ["queue"])
        )
        registry.onCollect { family.bind("journal").set(7) }
        #expect(registry.doubles("age") == [["journal"]: 7])
    }

    @Test func `a family made while collecting is in the same snapshot`() {
        let registry = MetricsRegistry.fixed()
        registry.onCollect {
            let family: Family<Gauge> = registry.family(InstrumentDescriptor(name: "late", kind: .gauge))
            family.bind().set(1)
        }
        #expect(registry.doubles("late") == [[]: 1])
    }
}
