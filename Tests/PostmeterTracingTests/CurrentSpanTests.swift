import Instrumentation
import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct CurrentSpanTests {
    private let outer = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))
    private let inner = SpanContext(traceID: TraceID(high: 1, low: 2), spanID: SpanID(4))

    @Test func `outside of any span there is none`() {
        #expect(CurrentSpan.context == nil)
    }

    @Test func `the innermost span is the current one, and the outer one again behind it`() {
        let values = CurrentSpan.withValue(outer) {
            [CurrentSpan.context, CurrentSpan.withValue(inner) { CurrentSpan.context }, CurrentSpan.context]
        }
        #expect(values == [outer, inner, outer])
        #expect(CurrentSpan.context == nil)
    }

    @Test func `tasks that are children have the span of their parent`() async {
        let seen = await CurrentSpan.withValue(outer) {
            await Task.yield()
            async let child = CurrentSpan.context
            return await child
        }
        #expect(seen == outer)
    }

    @Test func `the service context holds it, and whatever else it holds stays`() {
        var context = ServiceContext.topLevel
        context.spanContext = outer
        context.baggage["tenant"] = "acme"
        ServiceContext.withValue(context) {
            #expect(CurrentSpan.context == outer)
            CurrentSpan.withValue(inner) {
                #expect(ServiceContext.current?.spanContext == inner)
                #expect(ServiceContext.current?.baggage["tenant"] == "acme")
            }
            CurrentSpan.withValue(nil) {
                #expect(CurrentSpan.context == nil)
                #expect(ServiceContext.current?.baggage["tenant"] == "acme")
            }
        }
    }

    @Test func `an empty baggage leaves nothing behind`() {
        var context = ServiceContext.topLevel
        context.baggage["a"] = "1"
        #expect(context.count == 1)
        context.baggage["a"] = nil
        #expect(context.isEmpty)
        #expect(context.baggage == Baggage())
    }

    @Test func `an error goes through`() {
        struct Failure: Error {}
        #expect(throws: Failure.self) { try CurrentSpan.withValue(outer) { throw Failure() } }
    }
}
