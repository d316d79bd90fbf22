internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterOTLP
internal import PostmeterTracing

/// The bodies of OTLP requests.
struct OTLPBenchmark: Benchmark {
    private static let points = 10_000
    private static let spans = 4_000

    var trials: [Trial] {
        [
            Trial(name: "otlp/points") { try [points($0)] },
            Trial(name: "otlp/spans") { try [spans($0)] },
        ]
    }

    private let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "bench")]))

    private func points(_ harness: Harness) throws -> Row {
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
        let samples = harness.measure(operations: 1) { _ in sink(encoder.metrics(snapshot)) }
        return Row(
            "otlp/points", "OTLP encode, 10,000 points of 5 attributes", samples, unit: "ms", scale: 1e-6,
            goal: .atMost(0.8), peer: "55 swift-otel")
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
