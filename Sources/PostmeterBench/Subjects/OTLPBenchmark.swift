internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterOTLP
internal import PostmeterTracing

/// The bodies of OTLP requests.
struct OTLPBenchmark: Benchmark {
    private static let points = 10_000
    private static let spans = 4_000
    private static let bodyLimit = 256 * 1_024

    var trials: [Trial] {
        [
            Trial(name: "otlp/points") { try points($0) },
            Trial(name: "otlp/memory") { try await memory($0) },
            Trial(name: "otlp/spans") { try [spans($0)] },
        ]
    }

    private let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "bench")]))

    private func points(_ harness: Harness) throws -> [Row] {
        let registry = MetricsRegistry()
        let labels = ["organization", "account", "domain", "agent", "event"].map { "email." + $0 }
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "bench.events", kind: .counter, unit: "{event}", labels: labels,
                seriesLimit: Self.points))
        for number in 0..<Self.points {
            family.bind(
                "acme", "support", "support.acme.example", "agent-\(number / 10)", "kind-\(number % 10)"
            )
            .add(UInt64(number * 7_919 + 1))
        }
        let snapshot = registry.snapshot()
        guard let bytes = encoder.metrics(snapshot), bytes.count > Self.points * 100 else {
            throw BenchmarkError("the request does not hold \(Self.points) points")
        }
        let whole = harness.measure(operations: 1) { _ in sink(encoder.metrics(snapshot)) }
        let split = harness.measure(operations: 1) { _ in
            for body in encoder.metricsBodies(snapshot, bodyLimit: Self.bodyLimit) { sink(body) }
        }
        return [
            Row(
                "otlp/points", "OTLP encode, 10,000 points of 5 attributes", whole, unit: "ms", scale: 1e-6,
                goal: .atMost(0.8), peer: "55 swift-otel"),
            Row(
                "otlp/split", "  the same in bodies of 256 KiB", split, unit: "ms", scale: 1e-6,
                goal: .atMost(0.8)),
        ]
    }

    /// What an export takes beside the registry, as a share of the bytes that it sends.
    private func memory(_ harness: Harness) async throws -> [Row] {
        func peak(_ limit: Int) async throws -> Samples {
            try await harness.collect(runs: 5) {
                let process = try ChildProcess(
                    arguments: ["export-memory", "--series", "100000", "--body-limit", "\(limit)"])
                let lines = process.lines { _ in true }
                process.waitForEnd()
                guard let value = lines.first.flatMap({ Double($0) }) else {
                    throw BenchmarkError("the process that was to measure it gave no figure")
                }
                return value
            }
        }
        return [
            Row(
                "otlp/memory", "peak memory of an export of 100,000 series in bodies of 4 MiB, of its bytes",
                try await peak(4 << 20), unit: "x", goal: .atMost(1)),
            Row(
                "otlp/memory-whole", "  the same in one body, of its bytes", try await peak(1 << 30),
                unit: "x"),
        ]
    }

    private func spans(_ harness: Harness) throws -> Row {
        let scope = InstrumentationScope(name: "bench")
        let tracer = Tracer(scope: scope, sampler: .alwaysOn)
        SpanBenchmark.record(tracer, Self.spans)
        var records = EncodedRecords()
        guard tracer.drain(into: &records) == Self.spans else {
            throw BenchmarkError("not all spans came out of the ring")
        }
        let batch = [(scope: scope, spans: records)]
        let samples = harness.measure(operations: Self.spans) { _ in sink(encoder.traces(batch)) }
        return Row(
            "otlp/spans", "OTLP encode, a span of 4 attributes", samples, goal: .atMost(25),
            peer: "609 protobuf-c from a message tree, 1,931 otel-go")
    }
}
