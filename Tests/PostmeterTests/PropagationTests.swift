import Instrumentation
import PostmeterModel
import PostmeterTracing
import Testing
import Tracing

@testable import Postmeter

@Suite struct PropagationTests {
    private let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func tracer(_ propagators: [Propagator]) throws -> DistributedTracer {
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.recordsProcess = false
        configuration.propagators = propagators
        return try Postmeter(configuration: configuration).distributedTracer
    }

    @Test func `what comes with a request goes on with the next one`() throws {
        let tracer = try tracer([.traceContext, .baggage])
        var context = ServiceContext.topLevel
        let carrier = [
            "traceparent": traceparent, "tracestate": "vendor=1", "baggage": "tenant=acme,tier=a%20b",
        ]
        tracer.extract(carrier, into: &context, using: Carrier())
        #expect(context.spanContext?.isRemote == true)
        #expect(context.baggage["tier"] == "a b")
        let span = tracer.startSpan("serve", context: context)
        var next: [String: String] = [:]
        tracer.inject(span.context, into: &next, using: Carrier())
        #expect(next["tracestate"] == "vendor=1")
        #expect(next["baggage"] == "tenant=acme,tier=a%20b")
        let id = try #require(span.context.spanContext?.spanID)
        #expect(next["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(id)-01")
        span.end()
        let read = try #require(try DrainedSpan.drain(tracer.tracer).first)
        #expect(read.parentID == "b7ad6b7169203331")
        #expect(read.state == "vendor=1")
    }

    @Test(arguments: [
        [:], ["traceparent": ""], ["traceparent": "00-0-0-01"],
        ["traceparent": "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
        ["tracestate": "vendor=1"], ["baggage": ""], ["baggage": "=;,"],
    ])
    func `what is absent or malformed changes nothing`(carrier: [String: String]) throws {
        let tracer = try tracer([.traceContext, .baggage])
        var context = ServiceContext.topLevel
        tracer.extract(carrier, into: &context, using: Carrier())
        #expect(context.isEmpty)
        let known = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
        context.spanContext = known
        tracer.extract(carrier, into: &context, using: Carrier())
        #expect(context.spanContext == known)
    }

    @Test func `only what is configured crosses`() throws {
        let carrier = ["traceparent": traceparent, "baggage": "tenant=acme"]
        var full = ServiceContext.topLevel
        try tracer([.traceContext, .baggage]).extract(carrier, into: &full, using: Carrier())
        for (propagators, keys) in [
            ([Propagator.baggage], Set(["baggage"])), ([.traceContext], ["traceparent"]), ([], []),
        ] {
            let tracer = try tracer(propagators)
            var context = ServiceContext.topLevel
            tracer.extract(carrier, into: &context, using: Carrier())
            #expect((context.spanContext != nil) == keys.contains("traceparent"))
            #expect(!context.baggage.isEmpty == keys.contains("baggage"))
            var next: [String: String] = [:]
            tracer.inject(full, into: &next, using: Carrier())
            #expect(Set(next.keys) == keys)
        }
    }

    @Test func `outside of any span nothing is written`() throws {
        var carrier: [String: String] = [:]
        try tracer([.traceContext, .baggage]).inject(.topLevel, into: &carrier, using: Carrier())
        #expect(carrier.isEmpty)
    }
}
