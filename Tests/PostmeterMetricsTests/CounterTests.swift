import Glibc
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct CounterTests {
    @Test func `a counter without labels is exported at zero from the start`() {
        let registry = MetricsRegistry.fixed()
        let _: Family<Counter> = registry.family(InstrumentDescriptor(name: "mails", kind: .counter))
        #expect(registry.integers("mails") == [[]: 0])
    }

    @Test func `adds go to the series of their values`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "mails", kind: .counter, labels: ["agent", "event"])
        )
        family.bind("triage", "sent").add(3)
        family("triage", "bounced").add()
        family("triage", "sent").add(4)
        #expect(registry.integers("mails") == [["triage", "sent"]: 7, ["triage", "bounced"]: 1])
    }

    @Test func `an up-down counter may fall below zero on one thread and rise on another`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<UpDownCounter> = registry.family(
            InstrumentDescriptor(name: "open", kind: .upDownCounter)
        )
        let open = family.bind()
        open.add(-5)
        onThreads(3) { _ in open.add(2) }
        #expect(registry.integers("open") == [[]: 1])
        open.add(-3)
        #expect(registry.integers("open") == [[]: -2])
    }

    @Test func `a floating counter refuses what would spoil its sum`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<DoubleCounter> = registry.family(
            InstrumentDescriptor(name: "cost", kind: .counter)
        )
        let cost = family.bind()
        cost.add(0.25)
        for amount in [-1.0, .nan, .signalingNaN, .infinity, -.infinity, -.leastNonzeroMagnitude] {
            cost.add(amount)
        }
        cost.add(0)
        cost.add(0.5)
        #expect(registry.doubles("cost") == [[]: 0.75])
        #expect(registry.statistics.refused == 6)
    }

    @Test func `a snapshot of one registry does not show another's series`() {
        let first = MetricsRegistry.fixed()
        let second = MetricsRegistry.fixed()
        let descriptor = InstrumentDescriptor(name: "mails", kind: .counter)
        let one: Family<Counter> = first.family(descriptor)
        let other: Family<Counter> = second.family(descriptor)
        one.bind().add(1)
        other.bind().add(10)
        #expect(first.integers("mails") == [[]: 1])
        #expect(second.integers("mails") == [[]: 10])
    }

    @Test func `the sum over threads that come and go is exact and never goes back`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "adds", kind: .counter, labels: ["parity"])
        )
        let costs: Family<DoubleCounter> = registry.family(InstrumentDescriptor(name: "cost", kind: .counter))
        let even = family.bind("even")
        let odd = family.bind("odd")
        let cost = costs.bind()
        let isDone = Atomic(false)
        let watcher = OneThread {
            var last: Int64 = 0
            var lastCost = 0.0
            while !isDone.load(ordering: .acquiring) {
                let sums = registry.integers("adds")
                let sum = (sums[["even"]] ?? 0) + (sums[["odd"]] ?? 0)
                let nowCost = registry.doubles("cost")[[]] ?? -1
                #expect(sum >= last)
                #expect(nowCost >= lastCost)
                last = sum
                lastCost = nowCost
            }
        }
        for _ in 0..<40 {
            onThreads(5) { index in
                for step in 1...200 {
                    (index % 2 == 0 ? even : odd).add(UInt64(step))
                    cost.add(0.1)
                }
            }
        }
        isDone.store(true, ordering: .releasing)
        watcher.join()
        // Each thread adds 1 + 2 + ... + 200 = 20,100.
        #expect(registry.integers("adds") == [["even"]: 40 * 3 * 20_100, ["odd"]: 40 * 2 * 20_100])
        #expect(abs((registry.doubles("cost")[[]] ?? 0) - 4_000) < 1e-6)
    }

    @Test func `adds across suspensions of a task are exact`() async {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(InstrumentDescriptor(name: "adds", kind: .counter))
        let counter = family.bind()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    for _ in 0..<200 {
                        counter.add(1)
                        await Task.yield()
                        counter.add(2)
                    }
                }
            }
        }
        #expect(registry.integers("adds") == [[]: 20 * 200 * 3])
    }

    @Test func `a handle stays usable after its registry is gone`() {
        func handles() -> (Counter, Gauge, Histogram) {
            let registry = MetricsRegistry.fixed()
            let counters: Family<Counter> = registry.family(InstrumentDescriptor(name: "a", kind: .counter))
            let gauges: Family<Gauge> = registry.family(InstrumentDescriptor(name: "b", kind: .gauge))
            let histograms: Family<Histogram> = registry.family(
                InstrumentDescriptor(name: "c", kind: .histogram, bounds: [1, 2, 3])
            )
            return (counters.bind(), gauges.bind(), histograms.bind())
        }
        let (counter, gauge, histogram) = handles()
        let next = MetricsRegistry.fixed()
        let family: Family<Counter> = next.family(InstrumentDescriptor(name: "a", kind: .counter))
        let own = family.bind()
        counter.add(5)
        gauge.set(5)
        histogram.record(5)
        own.add(1)
        #expect(next.integers("a") == [[]: 1])
    }
}
