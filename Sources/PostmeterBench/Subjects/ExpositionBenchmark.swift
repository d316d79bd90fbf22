internal import PostmeterExposition
internal import PostmeterMetrics
internal import PostmeterModel

/// The body of an answer to a scrape: reading all cells and writing them in the forms that Prometheus asks for,
/// piece by piece, out of one buffer.
struct ExpositionBenchmark: Benchmark {
    private static let series = 100_000
    private static let distributions = 5_000

    var trials: [Trial] {
        [
            Trial(name: "exposition/text") { try numbers($0) },
            Trial(name: "exposition/exponential") { try exponentials($0) },
        ]
    }

    private let encoder = ExpositionEncoder(resource: Resource([Attribute("service.name", "bench")]))

    private func numbers(_ harness: Harness) throws -> [Row] {
        let registry = MetricsRegistry()
        LabelledCounters.fill(registry, families: 10, series: Self.series)
        var samples = 0
        encoder.encode(registry.snapshot(), as: .text) { piece in
            samples += piece.split(separator: 0x0a).count { $0.first != UInt8(ascii: "#") }
        }
        // A piece does not end within a line.
        guard samples == Self.series + 1 else {
            throw BenchmarkError("the text has \(samples) samples, not \(Self.series) and target_info")
        }
        let reading = harness.measure(operations: Self.series) { _ in sink(registry.snapshot()) }
        return [
            Row(
                "exposition/text", "Prometheus text, 100,000 series, read and written, a series",
                measure(registry, .text, Self.series, harness), goal: .atMost(25),
                peer: "200 swift-prometheus, 257 VictoriaMetrics, 3,340 client_golang"),
            Row("exposition/snapshot", "  of which reading the cells, a series", reading),
            Row(
                "exposition/openmetrics", "OpenMetrics, the same, a series",
                measure(registry, .openMetrics, Self.series, harness)),
            Row(
                "exposition/protobuf", "Protocol buffers, the same, a series",
                measure(registry, .protobuf, Self.series, harness)),
        ]
    }

    private func exponentials(_ harness: Harness) throws -> [Row] {
        let registry = MetricsRegistry()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(
                name: "bench.latency", kind: .histogram, unit: "s", labels: ["path"],
                seriesLimit: Self.distributions, exponential: ExponentialLimits()))
        for number in 0..<Self.distributions {
            let histogram = family("/api/v1/resource/" + String(number))
            for value in 1...50 { histogram.record(Double(value * (number % 7 + 1)) / 100) }
        }
        return [
            Row(
                "exposition/native", "Native histograms of 50 values, read and written, a series",
                measure(registry, .protobuf, Self.distributions, harness)),
            Row(
                "exposition/powers", "  the same as text with bounds at powers of two, a series",
                measure(registry, .text, Self.distributions, harness)),
        ]
    }

    private func measure(
        _ registry: MetricsRegistry,
        _ format: ExpositionFormat,
        _ series: Int,
        _ harness: Harness
    ) -> Samples {
        harness.measure(operations: series) { _ in
            encoder.encode(registry.snapshot(), as: format) { sink($0.count) }
        }
    }
}
