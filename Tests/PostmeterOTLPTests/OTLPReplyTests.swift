import PostmeterOTLP
import Testing

@Suite struct OTLPReplyTests {
    /// A reply whose partial success has these bytes.
    private func reply(_ partial: [UInt8]) -> [UInt8] {
        [0x0a, UInt8(partial.count)] + partial
    }

    private func text(_ text: String) -> [UInt8] {
        [0x12, UInt8(text.utf8.count)] + Array(text.utf8)
    }

    @Test func `an empty reply accepts all`() {
        #expect(OTLPReply.metrics([]) == nil)
        #expect(OTLPReply.traces([]) == nil)
        #expect(OTLPReply.logs([]) == nil)
        #expect(OTLPReply.metrics([0x0a, 0x00]) == nil)
    }

    @Test func `a partial success has the number refused and the reason`() {
        let body = reply([0x08, 0x96, 0x01] + text("too old"))
        #expect(OTLPReply.metrics(body) == .init(rejected: 150, message: "too old"))
        #expect(OTLPReply.traces(body) == .init(rejected: 150, message: "too old"))
        #expect(OTLPReply.logs(body) == .init(rejected: 150, message: "too old"))
        #expect(OTLPReply.traces(reply([0x08, 0x05])) == .init(rejected: 5, message: ""))
    }

    @Test func `a message without refused points is a warning`() {
        #expect(OTLPReply.metrics(reply(text("slow down"))) == .init(rejected: 0, message: "slow down"))
    }

    @Test func `a negative number refuses nothing`() {
        let minusOne: [UInt8] = [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01]
        #expect(OTLPReply.metrics(reply(minusOne)) == nil)
        #expect(OTLPReply.metrics(reply(minusOne + text("odd"))) == .init(rejected: 0, message: "odd"))
    }

    @Test func `unknown fields are passed over`() {
        let body = [0x52, 0x01, 0x00] + reply([0x08, 0x01, 0x7a, 0x02, 0x01, 0x02])
        #expect(OTLPReply.traces(body) == .init(rejected: 1, message: ""))
    }

    @Test func `text of a receiver comes on one line and bounded`() {
        #expect(
            OTLPReply.metrics(reply(text("a\r\nb\0c\u{1b}[1m"))) == .init(rejected: 0, message: "a  b c [1m")
        )
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
        #expect(OTLPReply.message(of: long).utf8.count == OTLPReply.textLimit)
    }

    @Test func `text that is no UTF-8 is bounded as it is passed on`() {
        let wrong = [UInt8](repeating: 0xff, count: 2_000)
        #expect(OTLPReply.message(of: wrong) == String(repeating: "\u{FFFD}", count: 341))
    }

    @Test func `the reason of an error is in its status or is its text`() {
        #expect(OTLPReply.message(of: [0x08, 0x03] + text("bad point")) == "bad point")
        #expect(
            OTLPReply.message(of: Array("<html>502 Bad Gateway</html>\n".utf8))
                == "<html>502 Bad Gateway</html>"
        )
        #expect(
            OTLPReply.message(of: Array(#"{"code":3,"message":"no"}"#.utf8)) == #"{"code":3,"message":"no"}"#
        )
        #expect(OTLPReply.message(of: []) == "")
        #expect(OTLPReply.message(of: [0x08, 0x03]) == "")
        #expect(OTLPReply.message(of: [0x00, 0x01, 0xff]) == "")
    }

    /// A field of bytes, whatever its length.
    private func field(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var length = bytes.count
        var head = [tag]
        while length >= 0x80 {
            head.append(UInt8(length & 0x7f | 0x80))
            length >>= 7
        }
        return head + [UInt8(length)] + bytes
    }

    @Test(arguments: [100, 64 << 10, 64 << 10 + 1, 3 << 20])
    func `a partial success of any length is read, and the start of its reason passed on`(length: Int) {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        let shown = String(repeating: "x", count: min(length, 1_024))
        let refused = [0x08, 0x96, 0x01] + field(0x12, long)
        #expect(OTLPReply.metrics(field(0x0a, refused)) == .init(rejected: 150, message: shown))
        // The number after the text, and a field that is not known.
        let late = field(0x12, long) + field(0x7a, long) + [0x08, 0x96, 0x01]
        #expect(OTLPReply.traces(field(0x0a, late)) == .init(rejected: 150, message: shown))
        #expect(OTLPReply.message(of: [0x08, 0x03] + field(0x12, long)) == shown)
        #expect(OTLPReply.message(of: field(0x1a, long) + field(0x12, long)) == shown)
    }

    @Test func `of a field that is there twice the last one holds`() {
        let twice = [0x08, 0x01] + text("first") + [0x08, 0x02] + text("last")
        #expect(OTLPReply.logs(reply(twice)) == .init(rejected: 2, message: "last"))
        #expect(OTLPReply.message(of: twice) == "last")
        // A message that is there twice is put together.
        let parts = reply([0x08, 0x07]) + reply(text("both"))
        #expect(OTLPReply.logs(parts) == .init(rejected: 7, message: "both"))
    }

    @Test func `a field of another type than it should have says nothing`() {
        #expect(OTLPReply.metrics([0x08, 0x05]) == nil)
        #expect(OTLPReply.metrics(reply([0x0a, 0x01, 0x41, 0x10, 0x07])) == nil)
        #expect(OTLPReply.metrics(reply([0x08, 0x05, 0x10, 0x07])) == .init(rejected: 5, message: ""))
        // Groups are no longer in use.
        #expect(OTLPReply.metrics(reply([0x08, 0x05, 0x0b, 0x0c])) == nil)
    }

    @Test func `a reply that is cut, changed or huge does no harm`() {
        let body = reply([0x08, 0x96, 0x01] + text("too old"))
        for end in 0..<body.count { _ = OTLPReply.metrics(Array(body[..<end])) }
        for index in body.indices {
            for value in UInt8.min...UInt8.max {
                var changed = body
                changed[index] = value
                let found = OTLPReply.traces(changed)
                #expect((found?.rejected ?? 0) >= 0)
                _ = OTLPReply.message(of: changed)
            }
        }
        #expect(OTLPReply.metrics([UInt8](repeating: 0x0a, count: 64 * 1_024)) == nil)
        #expect(OTLPReply.metrics([UInt8](repeating: 0x08, count: 8 * 1_024 * 1_024)) == nil)
        #expect(OTLPReply.metrics([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]) == nil)
    }
}
