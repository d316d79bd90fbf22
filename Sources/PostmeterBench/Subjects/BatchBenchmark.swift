internal import CPrimitives
internal import PostmeterSimulator

/// Batches of 100 events as SendGrid sends them, each signed by ECDSA as a whole.
struct BatchBenchmark: Benchmark {
    /// The path of the endpoint that takes batches.
    static let path = "/hooks/\(CollectorProcess.batchEndpoint)"
    /// More batches a second than can be expected.
    static let most = 12_000

    var trials: [Trial] {
        [Trial(name: "intake/batches") { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("batches")
        defer { harness.scratch.remove(data) }
        let signer = KeyPairSigner()
        let collector = try MeasuredCollector(data: data, batchKey: signer.publicKey)
        defer { collector.stop() }
        let requests = SignedBatches(
            agents: 50, signer: signer, path: Self.path)
        let generator = try await LoadGenerator(
            port: collector.port, connections: IntakeBenchmark.connections
        ) { _ in Load(requests) }
        let figures = try await LoadFigures.measure(
            generator, against: collector.process, most: Self.most, harness)
        try await generator.close()
        let memory = collector.residentBytes
        let sent = figures.accepted * SignedBatches.events
        let start = pm_clock_monotonic()
        let folded = try await collector.foldedEvents()
        let rest = Double(pm_clock_monotonic() - start) / 1e9
        guard folded == sent else {
            throw BenchmarkError("\(sent) events were accepted in batches, and \(folded) counted")
        }
        let processor = collector.process.processorSeconds * 1e6 / Double(sent)
        return rows(of: figures, bodyBytes: requests.bodyBytes)
            + [
                Self.row("intake/batch-cpu", "  CPU of the collector an event, all folded", "us", processor),
                Self.row("intake/batch-rest", "  until the last of \(sent) events was folded", "s", rest),
                Self.row(
                    "intake/batch-rss", "  RSS of the collector at the end", "MiB",
                    Double(memory) / 1_048_576),
            ]
    }

    private func rows(of figures: LoadFigures, bodyBytes: Int) -> [Row] {
        let rates = figures.rates
        let events = Double(SignedBatches.events)
        let size = NumberFormat.figure(Double(bodyBytes) / 1_024)
        return [
            Row(
                name: "intake/batches",
                what: "durable batches of 100 events accepted: \(size) KiB, ECDSA, 256 connections, folded",
                unit: "/s", median: rates.median, best: rates.most, foreign: rates.foreign),
            Row(
                name: "intake/batch-events", what: "  events in them", unit: "events/s",
                median: rates.median * events, best: rates.most * events, foreign: rates.foreign),
            Row("intake/batch-p99", "  time to the answer, p99", figures.tails, unit: "ms"),
            Row("intake/batch-p50", "  time to the answer, p50", figures.medians, unit: "ms"),
        ]
    }

    private static func row(_ name: String, _ what: String, _ unit: String, _ value: Double) -> Row {
        Row(name: name, what: what, unit: unit, median: value)
    }
}
