import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

/// Law: what only rises is in no snapshot less than in an earlier one, while threads start, record and die.
@Suite
struct SnapshotsNeverFallTests {
    /// Runs a plan over and over while `body` runs again and again on the calling thread; returns how often.
    private func repeating(
        _ plan: ThreadPlan, times: Int, on handles: PlanHandles, _ body: () -> Void
    ) {
        let isDone = Atomic(false)
        let recording = OneThread {
            for _ in 0..<times { plan.run(on: handles) }
            isDone.store(true, ordering: .releasing)
        }
        repeat { body() } while !isDone.load(ordering: .acquiring)
        recording.join()
        body()
    }

    @Test(arguments: UInt64(0x5eed_c000)..<0x5eed_c008)
    func `sums, buckets and counts of snapshots do not fall`(seed: UInt64) {
        let plan = ThreadPlan(seed: seed)
        let registry = MetricsRegistry.fixed()
        let handles = PlanHandles(registry)
        var last = RecordedTotals()
        repeating(plan, times: 10, on: handles) {
            // Whatever had been recorded before a snapshot began is in it, and nothing beyond what ever will be.
            let before = handles.recorded.load(ordering: .acquiring)
            let now = RecordedTotals(registry.snapshot())
            #expect(now.isNotBelow(last), "seed \(seed): \(last) became \(now)")
            #expect(now.values >= UInt64(before), "seed \(seed)")
            #expect(now.values <= UInt64(10 * plan.values), "seed \(seed)")
            last = now
        }
        #expect(last.values == UInt64(10 * plan.values), "seed \(seed)")
    }

    @Test(arguments: UInt64(0x5eed_d000)..<0x5eed_d008)
    func `differences of two readers are not negative and add up to the total`(seed: UInt64) {
        let plan = ThreadPlan(seed: seed)
        let registry = MetricsRegistry.fixed()
        let handles = PlanHandles(registry)
        let readers = (0..<2).map { _ in MetricsReader(registry, temporality: .delta) }
        var random = SplitMix(seed: seed)
        var sums = [[String: Int64]](repeating: [:], count: readers.count)
        var values = [UInt64](repeating: 0, count: readers.count)
        func read(_ index: Int) {
            let snapshot = readers[index].read()
            // A push that fails is not committed, and the next one has it all.
            guard Bool.random(using: &random) else { return }
            readers[index].commit()
            add(snapshot, to: &sums[index], &values[index])
        }
        repeating(plan, times: 10, on: handles) { read(Int.random(in: 0..<readers.count, using: &random)) }
        for index in readers.indices {
            let rest = readers[index].read()
            readers[index].commit()
            add(rest, to: &sums[index], &values[index])
            let expected = plan.totals.adds.enumerated().filter { $0.element > 0 }
                .map { ("\($0.offset)", $0.element * 10) }
            #expect(
                sums[index] == Dictionary(uniqueKeysWithValues: expected), "seed \(seed), reader \(index)")
            #expect(values[index] == UInt64(10 * plan.values), "seed \(seed), reader \(index)")
            // By then everything has been read once, and nothing is read twice.
            let before = (sums[index], values[index])
            add(readers[index].read(), to: &sums[index], &values[index])
            #expect(before == (sums[index], values[index]), "seed \(seed), reader \(index)")
        }
    }

    /// Adds the differences of counters and of all histograms' counts.
    private func add(_ snapshot: MetricsSnapshot, to sums: inout [String: Int64], _ values: inout UInt64) {
        for family in snapshot.families where family.temporality == .delta {
            switch family.values {
            case .integers:
                for (labels, value) in family.integers {
                    #expect(value > 0)
                    sums[labels.joined(), default: 0] += value
                }
            case .doubles(let differences): #expect(differences.allSatisfy { $0 > 0 })
            case .histograms(let counts, _): values += counts.reduce(0, +)
            case .exponentials(let points): values += points.reduce(0) { $0 + $1.count }
            }
        }
    }
}
