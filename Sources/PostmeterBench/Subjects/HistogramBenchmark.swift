internal import PostmeterMetrics
internal import PostmeterModel

/// Recording into a histogram whose handle is kept.
struct HistogramBenchmark: Benchmark {
    /// OpenTelemetry's bounds for requests.
    static let bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    /// More values than a branch predictor can learn by heart.
    static let values: [Double] = {
        // The system's generator would call the kernel for each, which is all that a profile would show.
        var random = Permuted()
        return (0..<65_536).map { _ in
            Double.random(in: 0..<12, using: &random) * Double.random(in: 0..<1, using: &random)
        }
    }()

    /// The same numbers in every run.
    private struct Permuted: RandomNumberGenerator {
        private var count: UInt64 = 0

        /// Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
        mutating func next() -> UInt64 {
            count &+= 0x9e37_79b9_7f4a_7c15
            var word = (count ^ count >> 30) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
            return word ^ word >> 31
        }
    }

    var trials: [Trial] {
        [
            Trial(name: "histograms/record") { try [record($0)] },
            Trial(name: "histograms/record-2-threads") { try await [two($0)] },
            Trial(name: "histograms/exponential") { try [exponential($0)] },
            Trial(name: "histograms/exponential-2-threads") { try await [exponentialTwo($0)] },
        ]
    }

    private func record(_ harness: Harness) throws -> Row {
        Row(
            "histograms/record", "histogram record, 14 bounds", try one(harness, Self.explicit),
            goal: .atMost(6),
            peer: "9.9 rust-prometheus, 29-35 Swift peers")
    }

    private func two(_ harness: Harness) async throws -> Row {
        Row(
            "histograms/record-2-threads",
            "histogram record, 14 bounds, 2 threads on one (wall ns an op of a thread)",
            try await two(harness, Self.explicit), peer: "71 swift-prometheus, swift-otel")
    }

    private func exponential(_ harness: Harness) throws -> Row {
        Row(
            "histograms/exponential", "exponential histogram record, 160 buckets",
            try one(harness, Self.exponential), goal: .atMost(8), peer: "34 swift-otel, 41 client_golang")
    }

    private func exponentialTwo(_ harness: Harness) async throws -> Row {
        Row(
            "histograms/exponential-2-threads",
            "exponential histogram record, 2 threads on one (wall ns an op of a thread)",
            try await two(harness, Self.exponential))
    }

    static var explicit: InstrumentDescriptor {
        InstrumentDescriptor(name: "bench.duration", kind: .histogram, unit: "s", bounds: bounds)
    }

    private static var exponential: InstrumentDescriptor {
        InstrumentDescriptor(
            name: "bench.duration", kind: .histogram, unit: "s", exponential: ExponentialLimits())
    }

    private func one(_ harness: Harness, _ descriptor: InstrumentDescriptor) throws -> Samples {
        let registry = MetricsRegistry()
        let family: Family<Histogram> = registry.family(descriptor)
        let histogram = family.bind()
        var expected = 0
        let samples = harness.measure(operations: 16_384) { count in
            let start = expected % Self.values.count
            Self.record(histogram, Self.values[start..<(start + count)])
            expected += count
        }
        try Self.check(registry, expected)
        return samples
    }

    private func two(_ harness: Harness, _ descriptor: InstrumentDescriptor) async throws -> Samples {
        let registry = MetricsRegistry()
        let family: Family<Histogram> = registry.family(descriptor)
        let histogram = family.bind()
        let rounds = 8
        let samples = try await harness.race(operations: rounds * Self.values.count) { _ in
            for _ in 0..<rounds { Self.record(histogram, Self.values[...]) }
        }
        try Self.check(registry, samples.count * rounds * Self.values.count * 2)
        return samples
    }

    @inline(never)
    static func record(_ histogram: Histogram, _ values: ArraySlice<Double>) {
        values.withUnsafeBufferPointer { values in
            for value in values { histogram.record(value) }
        }
    }

    /// Throws when the only family does not hold so many values.
    static func check(_ registry: MetricsRegistry, _ expected: Int) throws {
        let held: UInt64 =
            switch registry.snapshot().families.first?.values {
            case .histograms(let counts, _)?: counts.reduce(0, +)
            case .exponentials(let points)?: points.reduce(0) { $0 + $1.count }
            default: 0
            }
        guard held == UInt64(expected) else {
            throw BenchmarkError("the histogram holds \(held) values, and \(expected) were recorded")
        }
    }
}
