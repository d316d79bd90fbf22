/// The memory that a series takes.
struct SeriesMemoryBenchmark: Benchmark {
    var trials: [Trial] {
        [Trial(name: "series/memory") { try await [memory($0)] }]
    }

    private func memory(_ harness: Harness) async throws -> Row {
        let samples = try await harness.collect(runs: 10) {
            let process = try ChildProcess(arguments: ["series-memory", "--series", "100000"])
            let lines = process.lines { _ in true }
            process.waitForEnd()
            guard let value = lines.first.flatMap({ Double($0) }) else {
                throw BenchmarkError("the process that was to measure it gave no figure")
            }
            return value
        }
        return Row(
            "series/memory", "memory a counter series of 3 labels, growth of RSS over 100,000", samples,
            unit: "B",
            goal: .atMost(150), peer: "188 VictoriaMetrics, 570-614 Swift peers")
    }
}
