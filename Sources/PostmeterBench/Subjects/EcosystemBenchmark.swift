internal import Logging
internal import Postmeter
internal import PostmeterModel
internal import Tracing

/// Spans and log records as users of swift-distributed-tracing and swift-log see them, over our backends.
struct EcosystemBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "distributed-tracing/sampled") { try [sampled($0)] },
            Trial(name: "distributed-tracing/not-sampled") { try [notSampled($0)] },
            Trial(name: "swift-log/record") { try [record($0)] },
        ]
    }

    private func sampled(_ harness: Harness) throws -> Row {
        var configuration = PostmeterConfiguration(serviceName: "bench")
        configuration.sampler = .alwaysOn
        let tracer = try Postmeter(configuration: configuration).distributedTracer
        var records = EncodedRecords()
        let samples = harness.measure(
            operations: 1_000,
            prepare: {
                records.removeAll()
                _ = tracer.tracer.drain(into: &records)
            },
            { Self.record(tracer, $0) })
        guard tracer.tracer.statistics.dropped == 0, records.count == 1_000 else {
            throw BenchmarkError("spans were dropped: \(tracer.tracer.statistics)")
        }
        return Row(
            "distributed-tracing/sampled", "swift-distributed-tracing withSpan, 4 attributes, sampled",
            samples,
            peer: "11,500 swift-otel's startSpan ... end()")
    }

    private func notSampled(_ harness: Harness) throws -> Row {
        var configuration = PostmeterConfiguration(serviceName: "bench")
        configuration.sampler = .alwaysOff
        let tracer = try Postmeter(configuration: configuration).distributedTracer
        let samples = harness.measure(operations: 10_000) { Self.record(tracer, $0) }
        guard tracer.tracer.statistics.ended == 0 else { throw BenchmarkError("spans were recorded") }
        return Row(
            "distributed-tracing/not-sampled",
            "swift-distributed-tracing withSpan, 4 attributes, not sampled",
            samples, peer: "889 swift-otel's startSpan ... end(); 550-576 the no-op tracer")
    }

    private func record(_ harness: Harness) throws -> Row {
        var configuration = PostmeterConfiguration(serviceName: "bench")
        // Without a place that they go to, no records are made; nothing is sent before `run()`.
        configuration.otlp = .init(endpoint: "http://127.0.0.1:4318")
        let postmeter = try Postmeter(configuration: configuration)
        let logger = Logger(label: "bench") { postmeter.logHandler(label: $0) }
        var drained = 0
        let samples = harness.measure(
            operations: 500,
            prepare: { drained = postmeter.logs.drain().reduce(0) { $0 + $1.records.count } },
            { Self.record(logger, $0) })
        guard postmeter.logs.statistics.dropped == 0, drained == 500 else {
            throw BenchmarkError("log records were dropped: \(postmeter.logs.statistics)")
        }
        return Row("swift-log/record", "swift-log info(), metadata of 2, recorded", samples)
    }

    @inline(never)
    private static func record(_ tracer: DistributedTracer, _ count: Int) {
        for number in 0..<count {
            tracer.withSpan("POST /hooks/{endpoint}", ofKind: .server) { span in
                span.attributes["http.request.method"] = "POST"
                span.attributes["http.route"] = "/hooks/{endpoint}"
                span.attributes["url.scheme"] = "http"
                span.attributes["http.response.status_code"] = 200 + number & 1
            }
        }
    }

    @inline(never)
    private static func record(_ logger: Logger, _ count: Int) {
        for number in 0..<count {
            logger.info(
                "a mail was delivered to its agent",
                metadata: ["email.agent": "support-agent-1034", "email.size": "\(number)"])
        }
    }
}
