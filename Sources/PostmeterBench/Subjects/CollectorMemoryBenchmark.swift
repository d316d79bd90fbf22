/// The resident memory of a collector that has a day's mail of a fleet behind it.
struct CollectorMemoryBenchmark: Benchmark {
    private static let agents = 1_000
    private static let connections = 256

    var trials: [Trial] {
        [Trial(name: "collector/memory") { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("memory")
        defer { harness.scratch.remove(data) }
        let events = harness.scaled(1_000_000)
        let collector = try MeasuredCollector(data: data)
        defer { collector.stop() }
        let generator = try await IntakeBenchmark.generator(
            port: collector.port, agents: Self.agents, connections: Self.connections)
        let load = MachineLoad(children: [collector.process])
        var most = 0
        var accepted = 0
        while accepted < events {
            let part = min(50_000, events - accepted)
            try await generator.sign(part)
            let result = try await generator.run(seconds: 600, limit: part)
            guard result.isClean, result.accepted == part else {
                throw BenchmarkError("of \(part) webhooks: \(result.summary)")
            }
            accepted += part
            most = max(most, collector.residentBytes)
        }
        try await generator.close()
        let folded = try await collector.foldedEvents()
        guard folded == events else {
            throw BenchmarkError("\(events) webhooks were accepted, and \(folded) events counted")
        }
        // After a scrape, which has a snapshot and a text of its own.
        most = max(most, collector.residentBytes)
        let anonymous = ProcFile.anonymousBytes(of: collector.process.identifier)
        let foreign = load.foreignShare()
        let amount = NumberFormat.figure(Double(events))
        return [
            Row(
                name: "collector/memory",
                what: "most RSS of a collector, 1,000 agents, \(amount) events at full speed, 1 scrape",
                unit: "MiB", median: Double(most) / 1_048_576, goal: .atMost(100),
                peer: "100 OTel's gate for its collector", foreign: foreign),
            Row(
                name: "collector/anonymous", what: "  of which no file stands behind, at the end",
                unit: "MiB",
                median: Double(anonymous) / 1_048_576, foreign: foreign),
        ]
    }
}
