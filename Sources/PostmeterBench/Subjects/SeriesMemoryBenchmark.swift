/// The memory that a series takes.
struct SeriesMemoryBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "series/memory") { harness in
                let samples = try await memory(harness, .counters, series: 100_000)
                return [
                    Row(
                        "series/memory", "memory a counter series of 3 labels, growth of RSS over 100,000",
                        samples, unit: "B", goal: .atMost(150),
                        peer: "188 VictoriaMetrics, 570-614 Swift peers")
                ]
            },
            Trial(name: "series/memory-histogram") { harness in
                let samples = try await memory(harness, .histograms, series: 50_000)
                return [
                    Row(
                        "series/memory-histogram", "memory a histogram series of 11 bounds and 1 label",
                        samples,
                        unit: "B", peer: "683 swift-prometheus, 956 rust-prometheus, 1,209 client_golang")
                ]
            },
            Trial(name: "series/memory-exponential") { harness in
                let samples = try await memory(harness, .exponentials, series: 20_000)
                return [
                    Row(
                        "series/memory-exponential",
                        "memory an exponential histogram series of 1 label, recorded by one thread", samples,
                        unit: "B")
                ]
            },
        ]
    }

    private func memory(
        _ harness: Harness, _ kind: SeriesMemoryProcess.Kind, series: Int
    ) async throws -> Samples {
        try await harness.collect(runs: 10) {
            let process = try ChildProcess(
                arguments: ["series-memory", "--kind", kind.rawValue, "--series", "\(series)"])
            let lines = process.lines { _ in true }
            process.waitForEnd()
            guard let value = lines.first.flatMap({ Double($0) }) else {
                throw BenchmarkError("the process that was to measure it gave no figure")
            }
            return value
        }
    }
}
