import PostmeterModel
import Testing

@testable import PostmeterTracing

@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test func `a header is read`() throws {
        let context = try #require(
            TraceContext.parse(traceparent: "00-\(Self.trace)-\(Self.span)-01", tracestate: "a=1,b=2")
        )
        #expect(context.traceID.description == Self.trace)
        #expect(context.spanID.description == Self.span)
        #expect(context.flags == 1)
        #expect(context.state == "a=1,b=2")
        #expect(context.isRemote)
    }

    @Test func `what is written is read back`() {
        let context = SpanContext(
            traceID: TraceID(high: 0x00ff, low: .max),
            spanID: SpanID(0xabc),
            flags: 3,
            isRemote: true
        )
        let header = TraceContext.traceparent(of: context)
        #expect(header == "00-00000000000000ffffffffffffffffff-0000000000000abc-03")
        #expect(TraceContext.parse(traceparent: header) == context)
    }

    @Test(arguments: [
        nil, "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-01-",
        "00-\(trace)-\(span)-011", "ff-\(trace)-\(span)-01", "0g-\(trace)-\(span)-01",
        "00-\(trace.uppercased())-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
        "00-\(trace)-0000000000000000-01", "00_\(trace)-\(span)-01", "00-\(trace)_\(span)-01",
        "01-\(trace)-\(span)-01x", " 00-\(trace)-\(span)-01", "00-\(trace)-\(span)-0G",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-\(span)-01",
    ])
    func `a malformed header is no context`(header: String?) {
        #expect(TraceContext.parse(traceparent: header, tracestate: "a=1") == nil)
    }

    @Test func `a later version may have more behind what is known`() {
        #expect(TraceContext.parse(traceparent: "cc-\(Self.trace)-\(Self.span)-01-what-ever")?.flags == 1)
        #expect(TraceContext.parse(traceparent: "cc-\(Self.trace)-\(Self.span)-01")?.flags == 1)
    }

    @Test func `flags that nobody defined are not handed on`() {
        let context = TraceContext.parse(traceparent: "00-\(Self.trace)-\(Self.span)-ff")
        #expect(context?.flags == 3)
        var odd = SpanContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(1), flags: 0xfe)
        #expect(TraceContext.traceparent(of: odd).hasSuffix("-02"))
        odd.flags = 1
        #expect(TraceContext.traceparent(of: odd).hasSuffix("-01"))
    }

    @Test(arguments: [
        ("a=1", "a=1"), (" a=1 ,\tb=2 ", "a=1,b=2"), ("a=1,,b=2,", "a=1,b=2"), ("", ""),
        ("tenant@system=x y", "tenant@system=x y"), ("0a_-*/=z", "0a_-*/=z"),
    ])
    func `a list is handed on without blanks and empty members`(header: String, expected: String) {
        let context = TraceContext.parse(
            traceparent: "00-\(Self.trace)-\(Self.span)-01",
            tracestate: header
        )
        #expect(context?.state == expected)
    }

    @Test(arguments: [
        "a", "=1", "a=", "A=1", "a=1,a=2", "a=b=c", "é=1", "a=é", "a@b@c=1", "a@=1", "a b=1",
        (0..<33).map { "k\($0)=1" }.joined(separator: ","), String(repeating: "k", count: 257) + "=1",
    ])
    func `a malformed list is left out and the parent kept`(header: String) {
        let context = TraceContext.parse(
            traceparent: "00-\(Self.trace)-\(Self.span)-01",
            tracestate: header
        )
        #expect(context?.state == "")
        #expect(context?.isValid == true)
    }

    @Test func `a long list loses members from its end`() throws {
        let members = (0..<5).map { "k\($0)=" + String(repeating: "v", count: 150) }
        let context = try #require(
            TraceContext.parse(
                traceparent: "00-\(Self.trace)-\(Self.span)-01",
                tracestate: members.joined(separator: ",")
            )
        )
        #expect(context.state == members[..<3].joined(separator: ","))
    }
}
