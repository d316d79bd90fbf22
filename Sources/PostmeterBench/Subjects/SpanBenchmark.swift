internal import PostmeterModel
internal import PostmeterTracing

/// A span with four attributes, from its start to its end.
struct SpanBenchmark: Benchmark {
    var trials: [Trial] {
        [
            Trial(name: "spans/sampled") { try [sampled($0)] },
            Trial(name: "spans/sampled-2-threads") { try await [two($0)] },
            Trial(name: "spans/not-sampled") { try [notSampled($0)] },
        ]
    }

    private func sampled(_ harness: Harness) throws -> Row {
        let tracer = Tracer(scope: InstrumentationScope(name: "bench"), sampler: .alwaysOn)
        var records = EncodedRecords()
        let samples = harness.measure(
            operations: 1_000,
            prepare: {
                records.removeAll()
                _ = tracer.drain(into: &records)
            },
            { Self.record(tracer, $0) })
        guard tracer.statistics.dropped == 0, records.count == 1_000 else {
            throw BenchmarkError("spans were dropped: \(tracer.statistics)")
        }
        return Row(
            "spans/sampled", "span start + 4 attributes + end, sampled", samples, goal: .atMost(60),
            peer: "241 otel-rust, 981 otel-go, 11,500 swift-otel")
    }

    private func two(_ harness: Harness) async throws -> Row {
        let tracer = Tracer(
            scope: InstrumentationScope(name: "bench"), sampler: .alwaysOn, capacity: 8_192)
        var records = EncodedRecords()
        // As many as a push finds: with more, memory that is in no cache would be all that is measured.
        let count = 2_000
        let samples = try await harness.race(
            operations: count,
            prepare: {
                records.removeAll()
                _ = tracer.drain(into: &records)
            },
            { Self.record(tracer, $0) })
        guard tracer.statistics.dropped == 0, tracer.statistics.ended == UInt64(samples.count * count * 2)
        else {
            throw BenchmarkError("spans were dropped: \(tracer.statistics)")
        }
        return Row(
            "spans/sampled-2-threads",
            "span start + 4 attributes + end, sampled, 2 threads (wall ns a span of a thread)", samples)
    }

    private func notSampled(_ harness: Harness) throws -> Row {
        let tracer = Tracer(scope: InstrumentationScope(name: "bench"), sampler: .alwaysOff)
        let samples = harness.measure(operations: 10_000) { Self.record(tracer, $0) }
        guard tracer.statistics.ended == 0 else { throw BenchmarkError("spans were recorded") }
        return Row(
            "spans/not-sampled", "span start + 4 attributes + end, not sampled", samples, goal: .atMost(8),
            peer: "104 otel-rust, 267 otel-go, 889 swift-otel")
    }

    /// Records spans like that of a request.
    @inline(never)
    static func record(_ tracer: Tracer, _ count: Int) {
        for number in 0..<count {
            var span = tracer.startSpan("POST /hooks/{endpoint}", kind: .server)
            span.set("http.request.method", "POST")
            span.set("http.route", "/hooks/{endpoint}")
            span.set("url.scheme", "http")
            span.set("http.response.status_code", 200 + number & 1)
            span.end()
        }
    }
}
