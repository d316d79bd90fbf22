internal import PostmeterMetrics
internal import PostmeterModel

/// Recording into a histogram whose handle is kept.
struct HistogramBenchmark: Benchmark {
    var trials: [Trial] {
        [Trial(name: "histograms/record") { try [record($0)] }]
    }

    private func record(_ harness: Harness) throws -> Row {
        let registry = MetricsRegistry()
        let bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "bench.duration", kind: .histogram, unit: "s", bounds: bounds))
        let histogram = family.bind()
        // More values than a branch predictor can learn by heart.
        let values = (0..<65_536).map { _ in Double.random(in: 0..<12) * Double.random(in: 0..<1) }
        var expected = 0
        let samples = harness.measure(operations: 16_384) { count in
            let start = expected % values.count
            Self.record(histogram, values[start..<(start + count)])
            expected += count
        }
        guard case .histograms(let counts, _)? = registry.snapshot().families.first?.values,
            counts.reduce(0, +) == UInt64(expected)
        else {
            throw BenchmarkError("the histogram does not hold the \(expected) values that were recorded")
        }
        return Row(
            "histograms/record", "histogram record, 14 bounds", samples, goal: .atMost(6),
            peer: "9.9 rust-prometheus, 29-35 Swift peers")
    }

    @inline(never)
    private static func record(_ histogram: Histogram, _ values: ArraySlice<Double>) {
        values.withUnsafeBufferPointer { values in
            for value in values { histogram.record(value) }
        }
    }
}
