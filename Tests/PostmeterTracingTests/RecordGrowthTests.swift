import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct RecordGrowthTests {
    private func tracer(capacity: Int = 4, limits: SpanLimits = .standard) -> Tracer {
        Tracer(
            scope: InstrumentationScope(name: "test"), capacity: capacity, limits: limits,
            now: { UnixTime(nanoseconds: 1) })
    }

    @Test func `128 attributes of ordinary length fit`() throws {
        let tracer = tracer()
        var span = tracer.startSpan("POST /hooks/{endpoint}", kind: .server)
        let attributes = (0..<128).map {
            Attribute("http.request.header.number-\($0)", .string("a value of thirty bytes or so \($0)"))
        }
        for attribute in attributes { span.set(attribute) }
        span.end()
        let body = try #require(try tracer.drained().first)
        #expect(body.attributes == attributes)
        #expect(body.droppedAttributes == 0)
        #expect(body.flags == 0x103)
    }

    @Test func `a span that grew leaves its slot as it was for the next one`() throws {
        let tracer = tracer(capacity: 1)
        for round in 0..<5 {
            var span = tracer.startSpan("large")
            span.set("text", String(repeating: "x", count: 5_000))
            span.set("round", round)
            span.end()
            var small = try #require(try tracer.drained().first)
            #expect(small.attributes.last == Attribute("round", .int(Int64(round))))
            var next = tracer.startSpan("small")
            next.set("k", "v")
            next.end()
            small = try #require(try tracer.drained().first)
            #expect(small.attributes == [Attribute("k", "v")])
            #expect(small.name == "small")
        }
    }

    @Test func `a body ends at 64 KiB and what goes beyond is counted`() throws {
        let tracer = tracer()
        var span = tracer.startSpan("x")
        // 8 bytes of tags and lengths beside a key of two and the text.
        for index in 10..<90 { span.set("\(index)", String(repeating: "v", count: 1_012)) }
        span.end()
        var records = EncodedRecords()
        #expect(tracer.drain(into: &records) == 1)
        #expect(records.bytes.count > 64_000 && records.bytes.count <= 65_536)
        let body = try SpanBody(records.bytes)
        #expect(body.attributes.count + Int(body.droppedAttributes) == 80)
        #expect(body.attributes.count == 63)
        #expect(body.attributes.allSatisfy { $0.value == .string(String(repeating: "v", count: 1_012)) })
    }

    @Test func `what bodies borrow is bounded and comes back when they are drained`() throws {
        // A reserve of 1 MiB: sixteen bodies of 64 KiB.
        let tracer = tracer(capacity: 40)
        let text = String(repeating: "v", count: 40_000)
        for round in 0..<3 {
            for _ in 0..<40 {
                var span = tracer.startSpan("x")
                span.set("text", text)
                span.end()
            }
            let bodies = try tracer.drained()
            #expect(
                bodies.count { $0.attributes == [Attribute("text", .string(text))] } == 16, "round \(round)")
            #expect(
                bodies.count { $0.attributes.isEmpty && $0.droppedAttributes == 1 } == 24, "round \(round)")
        }
    }

    @Test func `letting go of a tracer with large bodies that wait is no fault`() {
        let tracer = tracer()
        var span = tracer.startSpan("x")
        span.set("text", String(repeating: "v", count: 40_000))
        span.end()
    }

    @Test func `a name may change before and after a span has grown`() throws {
        let tracer = tracer()
        let long = String(repeating: "é", count: 200)
        for (first, last) in [("a", "b"), ("a", ""), ("", "a"), ("short", long), (long, "short"), (long, "")]
        {
            for size in [0, 1_990, 5_000] {
                var span = tracer.startSpan(
                    first, kind: .client,
                    context: SpanContext(
                        traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), flags: 1, state: "k=v"),
                    parent: SpanID(4), at: UnixTime(nanoseconds: 7))
                span.setStatus(.error("first"))
                span.set("text", String(repeating: "v", count: size))
                span.setName(last)
                span.setStatus(.error("second"))
                span.set("text", 1)
                span.end(at: UnixTime(nanoseconds: 9))
                let body = try #require(try tracer.drained().first)
                #expect(body.name == (last == long ? String(repeating: "é", count: 127) : last))
                #expect(body.state == "k=v")
                #expect(body.parentID.last == 4)
                #expect([body.start, body.end, body.kind] == [7, 9, 3])
                #expect(body.attributes == [Attribute("text", 1)])
                #expect(body.statusMessage == "second")
                #expect(body.occurrences.values.allSatisfy { $0 == 1 })
            }
        }
    }
}
