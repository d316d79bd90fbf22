internal import CoreMetrics
internal import Postmeter
internal import PostmeterMetrics

/// The same as users of swift-metrics see it, over our factory.
struct SwiftMetricsBenchmark: Benchmark {
    private static let series = 1_000

    var trials: [Trial] {
        [
            Trial(name: "swift-metrics/counter") { try [counter($0)] },
            Trial(name: "swift-metrics/counter-2-threads") { try await [counterTwo($0)] },
            Trial(name: "swift-metrics/look-up") { try [lookUp($0)] },
            Trial(name: "swift-metrics/look-up-2-threads") { try await [lookUpTwo($0)] },
            Trial(name: "swift-metrics/recorder") { try [recorder($0)] },
            Trial(name: "swift-metrics/timer") { try [timer($0)] },
        ]
    }

    private func counter(_ harness: Harness) throws -> Row {
        let subject = Subject()
        let counter = CoreMetrics.Counter(label: "bench.count", factory: subject.factory)
        var expected = 0
        let samples = harness.measure(operations: 100_000) { count in
            Self.increment(counter, count)
            expected += count
        }
        try subject.check(expected)
        return Row(
            "swift-metrics/counter", "swift-metrics Counter.increment(), kept", samples,
            peer: "2.8 swift-otel, 3.1 swift-prometheus")
    }

    private func counterTwo(_ harness: Harness) async throws -> Row {
        let subject = Subject()
        let counter = CoreMetrics.Counter(label: "bench.count", factory: subject.factory)
        let count = 1_000_000
        let samples = try await harness.race(operations: count) { Self.increment(counter, $0) }
        try subject.check(samples.count * count * 2)
        return Row(
            "swift-metrics/counter-2-threads",
            "swift-metrics Counter.increment(), 2 threads on one (wall ns an op of a thread)", samples,
            peer: "8.1 swift-prometheus")
    }

    private func lookUp(_ harness: Harness) throws -> Row {
        let subject = Subject()
        let labels = Self.labels()
        var expected = 0
        let samples = harness.measure(operations: 4_000) { count in
            Self.increment(labels, subject.factory, count)
            expected += count
        }
        try subject.check(expected)
        return Row(
            "swift-metrics/look-up",
            "swift-metrics Counter(label:dimensions:).increment(), 3 dimensions, 1,000 series", samples,
            peer: "978 swift-prometheus, 1,300 swift-otel")
    }

    private func lookUpTwo(_ harness: Harness) async throws -> Row {
        let subject = Subject()
        let labels = Self.labels()
        let factory = subject.factory
        let count = 100_000
        let samples = try await harness.race(operations: count, runs: 20) {
            Self.increment(labels, factory, $0)
        }
        try subject.check(samples.count * count * 2)
        return Row(
            "swift-metrics/look-up-2-threads", "  the same, 2 threads (wall ns an op of a thread)", samples,
            peer: "1,961 swift-prometheus, 4,214 swift-otel")
    }

    private func recorder(_ harness: Harness) throws -> Row {
        let subject = Subject()
        let recorder = CoreMetrics.Recorder(label: "bench.size", factory: subject.factory)
        var expected = 0
        let samples = harness.measure(operations: 16_384) { count in
            Self.record(recorder, count)
            expected += count
        }
        try HistogramBenchmark.check(subject.registry, expected)
        return Row(
            "swift-metrics/recorder", "swift-metrics Recorder.record(Double), kept", samples,
            peer: "76 swift-prometheus")
    }

    private func timer(_ harness: Harness) throws -> Row {
        let subject = Subject()
        let timer = CoreMetrics.Timer(label: "bench.duration", factory: subject.factory)
        var expected = 0
        let samples = harness.measure(operations: 16_384) { count in
            Self.record(timer, count)
            expected += count
        }
        try HistogramBenchmark.check(subject.registry, expected)
        return Row(
            "swift-metrics/timer", "swift-metrics Timer.recordNanoseconds, kept", samples,
            peer: "67 swift-prometheus, 82 swift-otel")
    }

    @inline(never)
    private static func increment(_ counter: CoreMetrics.Counter, _ count: Int) {
        for _ in 0..<count { counter.increment() }
    }

    @inline(never)
    private static func increment(
        _ labels: [[(String, String)]], _ factory: SwiftMetricsFactory, _ count: Int
    ) {
        var place = 0
        for _ in 0..<count {
            CoreMetrics.Counter(label: "bench.count", dimensions: labels[place], factory: factory).increment()
            place += 1
            if place == labels.count { place = 0 }
        }
    }

    @inline(never)
    private static func record(_ recorder: CoreMetrics.Recorder, _ count: Int) {
        for number in 0..<count { recorder.record(HistogramBenchmark.values[number] * 1_000) }
    }

    @inline(never)
    private static func record(_ timer: CoreMetrics.Timer, _ count: Int) {
        for number in 0..<count { timer.recordNanoseconds(Int64(HistogramBenchmark.values[number] * 1e9)) }
    }

    private static func labels() -> [[(String, String)]] {
        (0..<series).map { number in
            [
                ("method", number % 2 == 0 ? "GET" : "POST"), ("path", "/api/v1/resource/\(number)"),
                ("status", "200"),
            ]
        }.shuffled()
    }

    /// A factory whose counters can be checked.
    private struct Subject {
        let registry = MetricsRegistry()
        let factory: SwiftMetricsFactory

        init() {
            factory = SwiftMetricsFactory(registry: registry)
        }

        func check(_ expected: Int) throws {
            guard case .integers(let values)? = registry.snapshot().families.first?.values,
                values.reduce(0, +) == Int64(expected), registry.statistics.overflowed == 0
            else {
                throw BenchmarkError("the counters do not show \(expected): \(registry.statistics)")
            }
        }
    }
}
