internal import PostmeterCollector

/// A checkpoint of the fold: one transaction, on disk when it returns.
struct CheckpointBenchmark: Benchmark {
    /// With ten kinds of events each, they have 10,000 counters.
    private static let agents = 1_000

    var trials: [Trial] {
        [Trial(name: "checkpoint/counters") { try [counters($0)] }]
    }

    private func counters(_ harness: Harness) throws -> Row {
        let data = try harness.scratch.folder("checkpoint")
        defer { harness.scratch.remove(data) }
        let runs = max(5, harness.scaled(30))
        let round = Self.agents * ResendTraffic.everything.count
        let traffic = ResendTraffic(agents: Self.agents, steps: ResendTraffic.everything, bodyBytes: nil)
        try JournalMaker(traffic: traffic).fill(data: data, count: round * (runs + 1))
        let replay = try FoldReplay(
            data: data, database: "\(data)/replay.db", warn: { print("fold: \($0)") })
        // The first round makes the series, which is not what is measured.
        _ = try replay.run(limit: round + 1)
        var times: [Double] = []
        let load = MachineLoad()
        for _ in 0..<runs {
            guard try replay.fold(limit: round) == round else {
                throw BenchmarkError("the journal is shorter than it was made")
            }
            times.append(Double(try replay.checkpoint()))
        }
        let samples = Samples(times, foreign: load.foreignShare())
        try replay.close()
        return Row(
            "checkpoint/counters", "checkpoint of 10,000 changed counters and 10,000 new event ids", samples,
            unit: "ms", scale: 1e-6, goal: .atMost(10),
            peer: "prototype: 3 as BLOB pages, 18 with a row each")
    }
}
