/// The memory that label values take which never come twice, as an attacker sends them, while nobody scrapes.
struct HostileLabelsBenchmark: Benchmark {
    var trials: [Trial] {
        [Trial(name: "series/hostile") { try await [memory($0)] }]
    }

    private func memory(_ harness: Harness) async throws -> Row {
        let values = harness.scaled(10_000_000)
        let samples = try await harness.collect(runs: 3) {
            let process = try ChildProcess(arguments: ["hostile-labels", "--values", "\(values)"])
            let lines = process.lines { _ in true }
            process.waitForEnd()
            guard let value = lines.first.flatMap({ Double($0) }) else {
                throw BenchmarkError("the process that was to measure it gave no figure")
            }
            return value
        }
        let amount = NumberFormat.figure(Double(values))
        return Row(
            "series/hostile", "growth of RSS from 20,000 to \(amount) distinct label values, not scraped",
            samples, unit: "KiB", scale: 1.0 / 1_024, goal: .atMost(256),
            peer: "no limit in either Swift peer")
    }
}
