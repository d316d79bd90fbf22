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

    @Test func `a reply longer than the limit is not read`() {
        let refused = reply([0x08, 0x01])
        func padded(to count: Int) -> [UInt8] {
            let length = count - refused.count - 4
            let varint = [UInt8(length & 0x7f | 0x80), UInt8(length >> 7 & 0x7f | 0x80), UInt8(length >> 14)]
            return refused + [0x7a] + varint + [UInt8](repeating: 0, count: length)
        }
        #expect(OTLPReply.metrics(padded(to: OTLPReply.bodyLimit))?.rejected == 1)
        #expect(OTLPReply.metrics(padded(to: OTLPReply.bodyLimit + 1)) == nil)
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
        #expect(OTLPReply.metrics([UInt8](repeating: 0x0a, count: OTLPReply.bodyLimit)) == nil)
        #expect(OTLPReply.metrics([UInt8](repeating: 0x08, count: 8 * 1_024 * 1_024)) == nil)
        #expect(OTLPReply.metrics([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]) == nil)
    }
}
