internal import PostmeterMetrics
internal import PostmeterModel

/// Adding to a counter whose handle is kept.
struct CounterBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "counters/add") { try [one($0)] },
            Trial(name: "counters/add-2-threads") { try await [two($0)] },
            Trial(name: "counters/double") { try [double($0)] },
            Trial(name: "counters/double-2-threads") { try await [doubleTwo($0)] },
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
        let counter = subject.counter
        let samples = try await harness.race(operations: count) { Self.add(counter, $0) }
        try subject.check(UInt64(samples.count * count * 2))
        return Row(
            "counters/add-2-threads",
            "bound counter add, 2 threads on one counter (wall ns an op of a thread)",
            samples, goal: .atMost(1.3), peer: "6.3 swift-prometheus, 6.9 swift-otel")
    }

    private func double(_ harness: Harness) throws -> Row {
        let subject = DoubleSubject()
        var expected = 0.0
        let samples = harness.measure(operations: 100_000) { count in
            Self.add(subject.counter, count)
            expected += 0.5 * Double(count)
        }
        try subject.check(expected)
        return Row(
            "counters/double", "bound floating counter add, 1 thread", samples,
            peer: "5.2 rust-prometheus, 5.3 swift-prometheus")
    }

    private func doubleTwo(_ harness: Harness) async throws -> Row {
        let subject = DoubleSubject()
        let count = 1_000_000
        let counter = subject.counter
        let samples = try await harness.race(operations: count) { Self.add(counter, $0) }
        try subject.check(Double(samples.count * count))
        return Row(
            "counters/double-2-threads",
            "bound floating counter add, 2 threads on one counter (wall ns an op of a thread)",
            samples, peer: "10.7 a CAS on a double")
    }

    @inline(never)
    private static func add(_ counter: Counter, _ count: Int) {
        for _ in 0..<count { counter.add() }
    }

    @inline(never)
    private static func add(_ counter: DoubleCounter, _ count: Int) {
        for _ in 0..<count { counter.add(0.5) }
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

    /// A floating counter whose total can be checked: halves are added, and those are exact.
    private struct DoubleSubject {
        let registry = MetricsRegistry()
        let counter: DoubleCounter

        init() {
            let family: Family<DoubleCounter> = registry.family(
                InstrumentDescriptor(name: "bench.cost", kind: .counter, number: .floating))
            counter = family.bind()
        }

        func check(_ expected: Double) throws {
            guard case .doubles([expected])? = registry.snapshot().families.first?.values else {
                throw BenchmarkError("the counter does not show \(expected): additions were lost")
            }
        }
    }
}
