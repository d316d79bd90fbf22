import CPrimitives
import PostmeterModel
import Testing

@testable import PostmeterMetrics

@Suite
struct HostileValuesTests {
    @Test func `a million distinct values take no more memory than the limit does and are all counted`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: ["recipient"], seriesLimit: 1_000))
        for number in 0..<2_000 { family("r\(number)").add(1) }
        let memory = pm_family_bytes(family.storage.core)
        let cells = registry.statistics.cells
        for number in 2_000..<1_000_000 { family("r\(number)").add(1) }
        #expect(pm_family_bytes(family.storage.core) == memory)
        #expect(registry.statistics.cells == cells)
        let sums = registry.integers("c")
        #expect(sums.count == 1_001)
        #expect(sums[["_overflow"]] == 999_000)
        #expect(sums.values.reduce(0, +) == 1_000_000)
        #expect(registry.statistics.overflowed == 999_000)
    }
}
