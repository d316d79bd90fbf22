import PostmeterModel
import Testing

@testable import PostmeterMetrics

/// Law: whatever threads start and die, and in whatever order they record, the sums are those of all records.
@Suite
struct AddsAreExactTests {
    @Test(arguments: UInt64(0x5eed_a000)..<0x5eed_a030)
    func `threads that start and die leave all that they recorded`(seed: UInt64) {
        let plan = ThreadPlan(seed: seed)
        let registry = MetricsRegistry.fixed()
        plan.run(on: PlanHandles(registry))
        #expect(RecordedTotals(registry.snapshot()) == plan.totals, "seed \(seed)")
        #expect(registry.statistics.refused == 0, "seed \(seed)")
    }

    @Test(arguments: UInt64(0x5eed_b000)..<0x5eed_b008)
    func `plans that run at once in one registry add up`(seed: UInt64) {
        let plans = (0..<3).map { ThreadPlan(seed: seed &* 3 &+ $0) }
        let registry = MetricsRegistry.fixed()
        let handles = PlanHandles(registry)
        onThreads(plans.count) { plans[$0].run(on: handles) }
        let found = RecordedTotals(registry.snapshot())
        let expected = plans.map(\.totals)
        for series in 0..<ThreadPlan.series {
            #expect(found.adds[series] == expected.reduce(0) { $0 + $1.adds[series] }, "seed \(seed)")
            #expect(found.moves[series] == expected.reduce(0) { $0 + $1.moves[series] }, "seed \(seed)")
            #expect(found.costs[series] == expected.reduce(0) { $0 + $1.costs[series] }, "seed \(seed)")
            #expect(found.sums[series] == expected.reduce(0) { $0 + $1.sums[series] }, "seed \(seed)")
            #expect(found.sizeSums[series] == expected.reduce(0) { $0 + $1.sizeSums[series] }, "seed \(seed)")
        }
        #expect(found.values == UInt64(plans.reduce(0) { $0 + $1.values }), "seed \(seed)")
    }
}
