import PostmeterModel
import Testing

@testable import PostmeterCollector

@Suite struct EnvelopeTests {
    let span = SpanContext(
        traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), flags: 3)

    @Test(arguments: [[], [("svix-id", "msg_1")], [("a", ""), ("b", String(repeating: "x", count: 400))]])
    func `encode then read is identity`(headers: [(String, String)]) throws {
        for body in [[], Array("{}".utf8), [UInt8](repeating: 7, count: 70_000)] {
            let envelope = Envelope(
                route: "acme-resend resend acme/support", headers: headers.map { (name: $0.0, value: $0.1) },
                span: body.isEmpty ? nil : span)
            try (envelope.encodedHead() + body).withUnsafeBytes { bytes in
                let (read, rest) = try #require(Envelope.read(bytes))
                #expect(read.route == envelope.route)
                #expect(read.headers.map(\.name) == envelope.headers.map(\.name))
                #expect(read.headers.map(\.value) == envelope.headers.map(\.value))
                #expect(read.span == envelope.span)
                #expect(Array(rest) == body)
            }
        }
    }

    @Test func `a cut or foreign envelope is refused`() {
        let bytes =
            Envelope(route: "r", headers: [(name: "n", value: "v")], span: span).encodedHead() + [1, 2]
        for length in 0..<(bytes.count - 2) {
            bytes[..<length].withUnsafeBytes { #expect(Envelope.read($0) == nil) }
        }
        var other = bytes
        other[0] = 9
        other.withUnsafeBytes { bytes in
            #expect(Envelope.read(bytes) == nil)
            #expect(
                Envelope.problem(bytes)
                    == "the envelope is of version 9, which this version of postmeter does not read")
        }
        bytes[..<20].withUnsafeBytes { #expect(Envelope.problem($0) == "the record is not an envelope") }
    }

    @Test func `a route is three names`() {
        #expect(Route("e resend a/b")?.text == "e resend a/b")
        for text in ["", "e", "e resend", "e resend ab", "e resend a/b c"] { #expect(Route(text) == nil) }
    }
}
