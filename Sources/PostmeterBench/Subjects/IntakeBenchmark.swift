/// The whole way in: signed webhooks over HTTP, verified, on disk, answered, and folded meanwhile.
///
/// The collector is a process of its own; the load comes from this one, over the same processors.
struct IntakeBenchmark: Benchmark {
    static let bodyBytes = 1_024
    static let connections = 256
    /// The path of the endpoint that takes single events.
    static let path = "/hooks/\(CollectorProcess.endpoint)"
    /// More requests a second than can be expected.
    static let most = 120_000

    var trials: [Trial] {
        [Trial(name: "intake/webhooks") { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("intake")
        defer { harness.scratch.remove(data) }
        let disk = try DiskBaseline.measure(harness, syncs: harness.scaled(1_000))
        let collector = try MeasuredCollector(data: data)
        defer { collector.stop() }
        let generator = try await Self.generator(
            port: collector.port, agents: 50, connections: Self.connections)
        let figures = try await LoadFigures.measure(
            generator, against: collector.process, most: Self.most, harness)
        let memory = collector.residentBytes
        try await generator.close()
        let folded = try await collector.foldedEvents()
        guard folded == figures.accepted else {
            throw BenchmarkError("\(figures.accepted) webhooks were accepted, and \(folded) events counted")
        }
        return rows(of: figures, disk, memory: memory)
    }

    /// A load generator for a collector, or a peer in its place: unique ids, all signed for its endpoint.
    static func generator(port: Int, agents: Int, connections: Int) async throws -> LoadGenerator<Load> {
        try await LoadGenerator(port: port, connections: connections) { _ in
            Load(try requests(agents: agents))
        }
    }

    /// Signed webhooks of 1 KiB; those below `first` are some other generator's.
    static func requests(agents: Int, first: Int = 0) throws -> SignedRequests {
        let traffic = ResendTraffic(agents: agents, steps: ResendTraffic.outbound, bodyBytes: bodyBytes)
        return try SignedRequests(
            traffic, secret: CollectorProcess.secret, path: path, bodyBytes: bodyBytes, first: first)
    }

    private func rows(of figures: LoadFigures, _ disk: Samples, memory: Int) -> [Row] {
        let rates = figures.rates
        return [
            Row(
                name: "intake/webhooks",
                what: "durable webhooks accepted: 1 KiB, signed, 256 connections, folded",
                unit: "/s", median: rates.median, best: rates.most, goal: .atLeast(55_000),
                peer: "61k Go net/http that only answers; our prototype 65k", foreign: rates.foreign),
            Row(
                "intake/p99", "  time to the answer, p99", figures.tails, unit: "ms", goal: .atMost(12),
                peer: "10.8 Go net/http that only answers; our prototype 6.7"),
            Row("intake/p50", "  time to the answer, p50", figures.medians, unit: "ms"),
            Row(
                "intake/cpu", "  CPU of the collector a request, fold and checkpoints included",
                figures.processor, unit: "us",
                peer: "19.8 Go net/http that only answers; our prototype 16.7"),
            Row(
                "intake/generator-cpu", "  CPU of the load generator a request, beside it",
                figures.generator, unit: "us"),
            Row(
                name: "intake/rss", what: "  RSS of the collector at the end, 50 agents", unit: "MiB",
                median: Double(memory) / 1_048_576, foreign: rates.foreign),
            Row(
                "intake/disk", "  raw pwrite of 17 KiB + fdatasync, the same disk, just before", disk,
                unit: "us", scale: 1e-3),
        ]
    }
}
