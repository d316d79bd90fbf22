internal import CPrimitives
internal import PostmeterJournal
internal import PostmeterMetrics
internal import PostmeterModel
internal import Synchronization

/// Adding to a counter whose handle is kept.
struct CounterBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "counters/add") { try [one($0)] },
            Trial(name: "counters/add-2-threads") { try await [two($0)] },
        ]
    }

    private func one(_ harness: Harness) throws -> Row {
        let subject = Subject()
        var expected: UInt64 = 0
        let samples = harness.measure(operations: 100_000) { count in
            Self.add(subject.counter, count)
            expected += UInt64(count)
        }
        try subject.check(expected)
        return Row(
            "counters/add", "bound counter add, 1 thread", samples, goal: .atMost(1.0),
            peer: "1.85 rust-prometheus; 2.8 client_golang, swift-prometheus, swift-otel")
    }

    private func two(_ harness: Harness) async throws -> Row {
        let subject = Subject()
        let count = 2_000_000
        let samples = try await harness.collect(runs: 60) {
            try Double(Race(subject.counter, count).nanoseconds()) / Double(count)
        }
        try subject.check(UInt64(samples.count * count * 2))
        return Row(
            "counters/add-2-threads",
            "bound counter add, 2 threads on one counter (wall ns an op of a thread)",
            samples, goal: .atMost(1.3), peer: "6.3 swift-prometheus, 6.9 swift-otel")
    }

    @inline(never)
    fileprivate static func add(_ counter: Counter, _ count: Int) {
        for _ in 0..<count { counter.add() }
    }

    /// A counter whose total can be checked.
    private struct Subject {
        let registry = MetricsRegistry()
        let counter: Counter

        init() {
            let family: Family<Counter> = registry.family(
                InstrumentDescriptor(name: "bench.count", kind: .counter, isDurable: true))
            counter = family.bind()
        }

        func check(_ expected: UInt64) throws {
            var words: [UInt64] = []
            registry.durableFamilies.first?.readWords(into: &words)
            guard words == [expected] else {
                throw BenchmarkError("the counter shows \(words), not \(expected): additions were lost")
            }
        }
    }

    /// Two threads that add at the same time.
    private final class Race: Sendable {
        private let counter: Counter
        private let count: Int
        private let waiting = Atomic<Int>(0)
        private let times: [Lap]

        /// The time that one thread took.
        private final class Lap: Sendable {
            let start = Atomic<UInt64>(0)
            let end = Atomic<UInt64>(0)
        }

        init(_ counter: Counter, _ count: Int) {
            self.counter = counter
            self.count = count
            times = [Lap(), Lap()]
        }

        /// From the start of the first to the end of the last.
        func nanoseconds() throws -> UInt64 {
            let threads = times.map { time in JournalThread { self.run(time) } }
            guard let first = threads[0], let second = threads[1] else {
                throw BenchmarkError("the system gives no thread")
            }
            first.join()
            second.join()
            let start = times.map { $0.start.load(ordering: .acquiring) }.min() ?? 0
            let end = times.map { $0.end.load(ordering: .acquiring) }.max() ?? 0
            return end - start
        }

        private func run(_ time: Lap) {
            waiting.wrappingAdd(1, ordering: .acquiringAndReleasing)
            while waiting.load(ordering: .acquiring) < 2 {}
            time.start.store(pm_clock_monotonic(), ordering: .releasing)
            CounterBenchmark.add(counter, count)
            time.end.store(pm_clock_monotonic(), ordering: .releasing)
        }
    }
}
