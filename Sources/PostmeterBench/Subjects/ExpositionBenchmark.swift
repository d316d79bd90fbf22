internal import PostmeterExposition
internal import PostmeterMetrics
internal import PostmeterModel

/// The body of an answer to a scrape: reading all cells and writing them as Prometheus text.
struct ExpositionBenchmark: Benchmark {
    private static let series = 100_000

    var trials: [Trial] {
        [Trial(name: "exposition/text") { try rows($0) }]
    }

    private func rows(_ harness: Harness) throws -> [Row] {
        let registry = MetricsRegistry()
        LabelledCounters.fill(registry, families: 10, series: Self.series)
        let encoder = ExpositionEncoder(resource: Resource([Attribute("service.name", "bench")]))
        var bytes: [UInt8] = []
        let whole = harness.measure(operations: Self.series) { _ in
            bytes.removeAll(keepingCapacity: true)
            encoder.encode(registry.snapshot(), as: .text, into: &bytes)
        }
        let samples = bytes.split(separator: 0x0a).count { $0.first != UInt8(ascii: "#") }
        guard samples == Self.series + 1 else {
            throw BenchmarkError("the text has \(samples) samples, not \(Self.series) and target_info")
        }
        let reading = harness.measure(operations: Self.series) { _ in sink(registry.snapshot()) }
        return [
            Row(
                "exposition/text", "Prometheus text, 100,000 series, read and written, a series", whole,
                goal: .atMost(25), peer: "200 swift-prometheus, 257 VictoriaMetrics, 3,340 client_golang"),
            Row("exposition/snapshot", "  of which reading the cells, a series", reading),
        ]
    }
}
