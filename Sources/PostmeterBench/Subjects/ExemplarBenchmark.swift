internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing

/// What exemplars cost where they are on, by OpenTelemetry's default filter: `trace_based`.
struct ExemplarBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "exemplars/counter-outside") { try [counter($0)] },
            Trial(name: "exemplars/histogram-outside") { try [outside($0)] },
            Trial(name: "exemplars/histogram-unsampled") { try [within($0, flags: 0)] },
            Trial(name: "exemplars/histogram-sampled") { try [within($0, flags: 1)] },
        ]
    }

    private static func makeRegistry() -> MetricsRegistry {
        MetricsRegistry(exemplars: .traceBased, currentSpan: { CurrentSpan.context })
    }

    private func counter(_ harness: Harness) throws -> Row {
        let registry = Self.makeRegistry()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "bench.count", kind: .counter))
        let counter = family.bind()
        var expected: Int64 = 0
        let samples = harness.measure(operations: 10_000) { count in
            Self.add(counter, count)
            expected += Int64(count)
        }
        guard case .integers([expected])? = registry.snapshot().families.first?.values else {
            throw BenchmarkError("the counter does not show \(expected)")
        }
        return Row(
            "exemplars/counter-outside", "bound counter add, exemplars trace_based, outside of a span",
            samples)
    }

    private func outside(_ harness: Harness) throws -> Row {
        Row(
            "exemplars/histogram-outside", "histogram record, exemplars trace_based, outside of a span",
            try samples(harness, expectsExemplars: false))
    }

    private func within(_ harness: Harness, flags: UInt8) throws -> Row {
        let span = SpanContext(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), flags: flags)
        let name = flags == 0 ? "unsampled" : "sampled"
        return Row(
            "exemplars/histogram-\(name)",
            "histogram record, exemplars trace_based, in a span that is \(name)",
            try CurrentSpan.withValue(span) { try samples(harness, expectsExemplars: flags != 0) })
    }

    private func samples(_ harness: Harness, expectsExemplars: Bool) throws -> Samples {
        let registry = Self.makeRegistry()
        let family: Family<Histogram> = registry.family(HistogramBenchmark.explicit)
        let histogram = family.bind()
        var expected = 0
        let samples = harness.measure(operations: 4_096) { count in
            let start = expected % HistogramBenchmark.values.count
            HistogramBenchmark.record(histogram, HistogramBenchmark.values[start..<(start + count)])
            expected += count
        }
        try HistogramBenchmark.check(registry, expected)
        let kept = registry.snapshot().families.first?.exemplars.count ?? 0
        guard expectsExemplars == (kept > 0) else { throw BenchmarkError("\(kept) exemplars were kept") }
        return samples
    }

    @inline(never)
    private static func add(_ counter: Counter, _ count: Int) {
        for _ in 0..<count { counter.add() }
    }
}
