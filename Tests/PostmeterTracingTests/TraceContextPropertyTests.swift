import PostmeterModel
import Testing

@testable import PostmeterTracing

/// Laws of the headers, and the cases of the W3C's validation service (w3c/trace-context, `test/test.py`).
@Suite struct TraceContextPropertyTests {
    @Test(arguments: UInt64(1)...100)
    func `a context that is written is read back`(seed: UInt64) {
        var random = SplitMix(seed)
        for _ in 0..<50 {
            let shift = UInt64.random(in: 0..<64, using: &random)
            let context = SpanContext(
                traceID: TraceID(high: random.next() >> shift, low: random.next() | 1),
                spanID: SpanID(random.next() >> shift | 1), flags: UInt8.random(in: 0..<4, using: &random),
                isRemote: true)
            let header = TraceContext.traceparent(of: context)
            #expect(TraceContext.parse(traceparent: header) == context, "seed \(seed)")
        }
    }

    @Test(arguments: UInt64(1)...100)
    func `a list is read back as it was written, and reading it again changes nothing`(seed: UInt64) {
        var random = SplitMix(seed)
        let keys = Array("abz019_-*/".utf8)
        let values = Array(" !+-<>~azAZ09@;:\"".utf8)
        func text(_ letters: [UInt8], _ length: Int) -> String {
            String(
                decoding: (0..<length).map { _ in letters.randomElement(using: &random) ?? 0 }, as: UTF8.self)
        }
        let members = (0..<Int.random(in: 0...32, using: &random)).map { index in
            "k\(index)" + text(keys, Int(index % 3)) + (index % 4 == 0 ? "@s" : "") + "="
                + text(values, index % 7) + "v"
        }
        let list = members.joined(separator: ",")
        #expect(state(list) == list, "seed \(seed)")
        let blanks = members.map { " \t\($0)\t " }.joined(separator: ",,")
        #expect(state(blanks) == list, "seed \(seed)")
        #expect(state(state(blanks)) == list, "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...200)
    func `a header that was damaged is refused or read as what it says`(seed: UInt64) {
        var random = SplitMix(seed)
        let whole = "00-12345678901234567890123456789012-1234567890123456-01"
        var bytes = Array(whole.utf8)
        for _ in 0..<Int.random(in: 1..<4, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch random.next() % 3 {
            case 0: bytes[index] = Array("0f-gA. ".utf8).randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: index)
            default: bytes.insert(UInt8(ascii: "0"), at: index)
            }
        }
        let header = String(decoding: bytes, as: UTF8.self)
        guard let context = TraceContext.parse(traceparent: header) else { return }
        // What is read says the same as the header, flags and version aside.
        let again = TraceContext.traceparent(of: context)
        #expect(again.dropFirst(2).prefix(51) == header.dropFirst(2).prefix(51), "seed \(seed): \(header)")
    }

    private static let ids = "12345678901234567890123456789012-1234567890123456"

    @Test(arguments: [
        "00-\(ids)-01.", "00-\(ids)-01-what-the-future-will-be-like",
        "cc-\(ids)-01.what-the-future-will-be-like",
        "ff-\(ids)-01", ".0-\(ids)-01", "0.-\(ids)-01", "000-\(ids)-01", "0000-\(ids)-01", "0-\(ids)-01",
        "00-00000000000000000000000000000000-1234567890123456-01",
        "00-.2345678901234567890123456789012-1234567890123456-01",
        "00-1234567890123456789012345678901.-1234567890123456-01",
        "00-123456789012345678901234567890123-1234567890123456-01",
        "00-1234567890123456789012345678901-1234567890123456-01",
        "00-12345678901234567890123456789012-0000000000000000-01",
        "00-12345678901234567890123456789012-.234567890123456-01",
        "00-12345678901234567890123456789012-123456789012345.-01",
        "00-12345678901234567890123456789012-12345678901234567-01",
        "00-12345678901234567890123456789012-123456789012345-01", "00-\(ids)-.0", "00-\(ids)-0.",
        "00-\(ids)-001",
        "00-\(ids)-1",
        // Two headers, which a server joins.
        "00-\(ids)-01,00-\(ids)-01",
    ])
    func `the malformed headers of the validation service begin a new trace`(header: String) {
        #expect(TraceContext.parse(traceparent: header) == nil)
    }

    @Test(arguments: [
        "foo=1,foo=1", "foo=1,foo=2", "foo =1", "FOO=1", "foo.bar=1", "foo@=1,bar=2", "@foo=1,bar=2",
        "foo@@bar=1,bar=2", "foo@bar@baz=1,bar=2", "foo=bar=baz", "foo=,bar=3",
        (1...33).map { "bar\($0)=\($0)" }.joined(separator: ","),
    ])
    func `the malformed lists of the validation service are left out`(list: String) {
        #expect(state(list) == "")
    }

    @Test func `the valid lists of the validation service are handed on`() {
        let key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
        let value = String(
            decoding: (UInt8(0x20)...0x7e).filter { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=") },
            as: UTF8.self)
        let longest = String(repeating: "v", count: 253) + "=" + String(repeating: "v", count: 256)
        for list in [
            "foo=1", "foo=1,bar=2,rojo=1,congo=2,baz=3", "\(key)=\(value)", "\(key)@a-z0-9_-*/=\(value)",
            longest,
            (1...32).map { "bar\($0)=\($0)" }.joined(separator: ","),
        ] {
            #expect(state(list) == list)
        }
        #expect(state("foo=1 \t , \t bar=2, \t baz=3") == "foo=1,bar=2,baz=3")
        #expect(state(",foo=1,") == "foo=1")
    }

    /// What is handed on of a list.
    private func state(_ list: String) -> String {
        TraceContext.parse(traceparent: "00-\(Self.ids)-00", tracestate: list)?.state ?? "refused"
    }
}
