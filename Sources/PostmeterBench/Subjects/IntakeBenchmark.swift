/// The whole way in: signed webhooks over HTTP, verified, on disk, answered, and folded meanwhile.
///
/// The collector is a process of its own; the load comes from this one, over the same processors.
struct IntakeBenchmark: Benchmark {
    static let bodyBytes = 1_024
    private static let connections = 256

    var trials: [Trial] {
        [Trial(name: "intake/webhooks") { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("intake")
        defer { harness.scratch.remove(data) }
        let disk = try DiskBaseline.measure(harness, syncs: harness.scaled(1_000))
        let collector = try MeasuredCollector(data: data)
        defer { collector.stop() }
        let generator = try await Self.generator(for: collector, agents: 50, connections: Self.connections)
        let runs = try await measure(generator, collector, harness)
        try await generator.close()
        let accepted = runs.reduce(0) { $0 + $1.result.accepted }
        let folded = try await collector.foldedEvents()
        guard folded == accepted else {
            throw BenchmarkError("\(accepted) webhooks were accepted, and \(folded) events counted")
        }
        return rows(of: Array(runs.dropFirst()), disk)
    }

    /// A load generator for a collector: unique ids, all signed for its endpoint.
    static func generator(
        for collector: MeasuredCollector, agents: Int, connections: Int
    ) async throws -> LoadGenerator {
        let traffic = ResendTraffic(agents: agents, steps: ResendTraffic.outbound, bodyBytes: bodyBytes)
        return try await LoadGenerator(
            {
                try SignedRequests(
                    traffic, secret: CollectorProcess.secret, path: "/hooks/\(CollectorProcess.endpoint)",
                    bodyBytes: bodyBytes)
            }, port: collector.port, connections: connections)
    }

    private struct Run {
        var result: LoadResult
        /// CPU of the collector, in microseconds a request.
        var processor: Double
        /// CPU of this process, in microseconds a request.
        var generator: Double
        var foreign: Double?
    }

    /// Runs the load several times, the first to warm up.
    private func measure(
        _ generator: LoadGenerator, _ collector: MeasuredCollector, _ harness: Harness
    ) async throws -> [Run] {
        let seconds = harness.isQuick ? 1.0 : 3.0
        var runs: [Run] = []
        for _ in 0...(harness.isQuick ? 2 : 5) {
            try await generator.sign(Int(seconds * 120_000))
            let load = MachineLoad(children: [collector.process])
            let (before, ownBefore) = (collector.process.processorSeconds, MachineLoad.processSeconds())
            let result = try await generator.run(seconds: seconds)
            let spent = collector.process.processorSeconds - before
            let own = MachineLoad.processSeconds() - ownBefore
            guard result.isClean else {
                throw BenchmarkError(result.summary)
            }
            runs.append(
                Run(
                    result: result, processor: spent * 1e6 / Double(result.accepted),
                    generator: own * 1e6 / Double(result.accepted),
                    foreign: load.foreignShare()))
        }
        return runs
    }

    private func rows(of runs: [Run], _ disk: Samples) -> [Row] {
        let shares = runs.compactMap(\.foreign)
        let foreign = shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
        let rates = Samples(runs.map(\.result.acceptedPerSecond), foreign: foreign)
        let medians = Samples(runs.map { $0.result.latency(0.5) }, foreign: foreign)
        let tails = Samples(runs.map { $0.result.latency(0.99) }, foreign: foreign)
        let processor = Samples(runs.map(\.processor), foreign: foreign)
        let generator = Samples(runs.map(\.generator), foreign: foreign)
        return [
            Row(
                name: "intake/webhooks",
                what: "durable webhooks accepted: 1 KiB, signed, 256 connections, folded",
                unit: "/s", median: rates.median, best: rates.most, goal: .atLeast(55_000),
                peer: "61k Go net/http that only answers; our prototype 65k", foreign: foreign),
            Row(
                "intake/p99", "  time to the answer, p99", tails, unit: "ms", goal: .atMost(12),
                peer: "10.8 Go net/http that only answers; our prototype 6.7"),
            Row("intake/p50", "  time to the answer, p50", medians, unit: "ms"),
            Row(
                "intake/cpu", "  CPU of the collector a request, fold and checkpoints included", processor,
                unit: "us", peer: "19.8 Go net/http that only answers; our prototype 16.7"),
            Row(
                "intake/generator-cpu", "  CPU of the load generator a request, beside it", generator,
                unit: "us"),
            Row(
                "intake/disk", "  raw pwrite of 17 KiB + fdatasync, the same disk, just before", disk,
                unit: "us",
                scale: 1e-3),
        ]
    }
}
