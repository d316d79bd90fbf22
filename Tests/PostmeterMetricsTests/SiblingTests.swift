import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct SiblingTests {
    private static func family(
        _ registry: MetricsRegistry, _ labels: [String], name: String = "mails", limit: Int = 2_000
    ) -> Family<Counter> {
        registry.family(
            InstrumentDescriptor(name: name, kind: .counter, labels: labels, seriesLimit: limit))
    }

    @Test func `an instrument with other labels is no conflict and stands beside its sibling`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        Self.family(registry, ["a"])("x").add(1)
        Self.family(registry, ["z"], name: "others")("x").add(1)
        Self.family(registry, ["b"])("x").add(2)
        Self.family(registry, []).bind().add(3)
        Self.family(registry, ["b"])("x").add(4)
        #expect(heard.sentences.isEmpty)
        let families = registry.snapshot().families
        #expect(families.map(\.descriptor.name) == ["mails", "mails", "mails", "others"])
        #expect(families.map(\.descriptor.labels) == [["a"], ["b"], [], ["z"]])
        #expect(families.map(\.integers) == [[["x"]: 1], [["x"]: 6], [[]: 3], [["x"]: 1]])
    }

    @Test func `siblings share one limit, and room that one gives back`() {
        let registry = MetricsRegistry.fixed()
        let one = Self.family(registry, ["a"], limit: 3)
        let other = Self.family(registry, ["b"], limit: 3)
        one("1").add(1)
        other("1").add(1)
        one("2").add(1)
        other("2").add(1)
        one("3").add(1)
        one("1").add(1)
        let families = registry.snapshot().families
        #expect(
            families.map(\.integers) == [
                [["1"]: 2, ["2"]: 1], [["1"]: 1, ["_overflow"]: 2],
            ])
        #expect(registry.statistics.overflowed == 2)
        #expect(one.remove("2"))
        other("2").add(1)
        one("3").add(1)
        #expect(registry.statistics.overflowed == 3)
    }

    @Test func `threads that fill a shared limit lose nothing and do not pass it`() {
        for _ in 0..<5 {
            let registry = MetricsRegistry.fixed()
            let families = [["a"], ["b"], ["c"]].map { Self.family(registry, $0, limit: 100) }
            onThreads(3) { thread in
                for step in 0..<200 { families[(step + thread) % 3]("\(step / 2)").add(1) }
            }
            let values = registry.snapshot().families.flatMap(\.integers)
            #expect(values.filter { $0.key != ["_overflow"] }.count == 100)
            #expect(values.reduce(0) { $0 + $1.value } == 600)
            let overflow = values.filter { $0.key == ["_overflow"] }.reduce(0) { $0 + $1.value }
            #expect(UInt64(overflow) == registry.statistics.overflowed)
        }
    }

    @Test func `up to a shared limit nothing overflows, whoever makes the series`() {
        for _ in 0..<5 {
            let registry = MetricsRegistry.fixed()
            let families = [["a"], ["b"]].map { Self.family(registry, $0, limit: 200) }
            onThreads(4) { thread in
                for step in 0..<200 { families[(step + thread) % 2]("\(step / 2)").add(1) }
            }
            #expect(registry.statistics.overflowed == 0)
        }
    }

    @Test func `another limit is reported and the first one holds`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        _ = Self.family(registry, ["a"], limit: 1)
        let other = Self.family(registry, ["b"], limit: 5)
        other("1").add(1)
        other("2").add(1)
        #expect(registry.statistics.overflowed == 1)
        #expect(
            heard.sentences.first
                == "metric mails shares the limit of 1 series with the same instrument of other labels")
    }

    @Test func `of durable siblings the first outlives the process`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        for labels in [["a"], ["b"]] {
            let _: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "d", kind: .counter, labels: labels, isDurable: true))
        }
        #expect(registry.durableFamilies.map(\.name) == ["d"])
        #expect(registry.snapshot().families.map(\.descriptor.isDurable) == [true, false])
        #expect(heard.sentences.count == 1)
    }

    @Test func `a budget gives room up to its limit, and is full when the last series is made`() {
        let budget = SeriesBudget(limit: 2)
        #expect(budget.take(beyondLimit: false))
        #expect(budget.take(beyondLimit: false))
        #expect(!budget.take(beyondLimit: false))
        budget.settle(isMade: true)
        #expect(!budget.isFull)
        budget.settle(isMade: false)
        #expect(budget.take(beyondLimit: false))
        budget.settle(isMade: true)
        #expect(budget.isFull)
        #expect(budget.take(beyondLimit: true))
        budget.settle(isMade: true)
        budget.release(1)
        #expect(!budget.take(beyondLimit: false))
        budget.release(1)
        #expect(budget.take(beyondLimit: false))
    }
}
