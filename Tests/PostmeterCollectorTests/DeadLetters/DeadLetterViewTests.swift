import PostmeterMail
import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterViewTests {
    private func letter(
        _ body: [UInt8], headers: [(name: String, value: String)] = [], detail: String = "d"
    ) -> DeadLetter {
        let head = Envelope(route: "acme-resend resend acme/support", headers: headers, span: nil)
            .encodedHead()
        return DeadLetter(
            sequence: 7, acceptedAt: 1_700_000_000_123_000_000, endpoint: "acme-resend", provider: "resend",
            reason: "bad_time", detail: detail, envelope: head + body)
    }

    private func view(_ letter: DeadLetter, _ privacy: AddressPrivacy = .domain) -> DeadLetterView {
        DeadLetterView(letter, mask: AddressMask(privacy: privacy, traceKey: [UInt8](1...32)))
    }

    @Test func `JSON has the letter, its headers and its body, addresses masked`() {
        let letter = letter(
            Array(#"{"to":"bob@example.com"}"#.utf8), headers: [("svix-id", "msg_1"), ("x-token", "t0p")],
            detail: "type \"bob@example.com\" is no event")
        #expect(
            view(letter).json == #"""
                {"accepted_at":"2023-11-14T22:13:20.123Z","account":"acme/support","body":"{\"to\":\"_@example.com\"}","body_bytes":24,"body_encoding":"utf-8","body_truncated":false,"bytes":\#(letter.envelope.count),"detail":"type \"_@example.com\" is no event","endpoint":"acme-resend","headers":[{"name":"svix-id","value":"msg_1"},{"name":"x-token","value":"[hidden]"}],"privacy":"domain","provider":"resend","reason":"bad_time","sequence":7,"tried_at":"2023-11-14T22:13:20.123Z","tries":1}
                """#)
    }

    @Test func `a body that is no UTF-8 is base64, and its addresses are masked all the same`() {
        let json = view(letter([0xff, 0x20] + Array("bob@example.com".utf8))).json
        #expect(json.contains(#""body":"/yBfQGV4YW1wbGUuY29t""#))
        #expect(json.contains(#""body_encoding":"base64""#))
    }

    @Test func `text shows nothing that a terminal obeys`() {
        let text = view(letter(Array("a\u{1b}[2J".utf8), headers: [("svix-id", "x\ny: z")])).text
        #expect(text.contains(#"a\u{1b}[2J"#))
        #expect(text.contains("svix-id: x y: z\n"))
        #expect(text.contains("route: acme-resend resend acme/support\n"))
    }

    @Test func `a list shows no fingerprint, since it knows no account`() {
        let letter = letter([], detail: "type bob@example.com\nis no event")
        let mask = AddressMask(privacy: .hmac, traceKey: [UInt8](1...32))
        #expect(
            DeadLetterView(letter.summary, mask: mask).line
                == "7  2023-11-14T22:13:20.123Z  acme-resend resend  bad_time  \(letter.envelope.count) bytes  "
                + "tries 1  type [address] is no event")
    }

    @Test func `a long body is cut, at a whole character, and says so`() {
        let long =
            [UInt8](repeating: UInt8(ascii: "x"), count: DeadLetterView.bodyLimit - 1) + Array("é!".utf8)
        let json = view(letter(long)).json
        #expect(json.contains(#""body_truncated":true"#))
        #expect(json.contains(#""body_encoding":"utf-8""#))
        #expect(json.contains(#"x","body_bytes":1048578"#))
    }

    @Test func `what is no envelope is all body`() {
        var letter = letter([])
        letter.envelope = [9, 0xfe]
        let json = view(letter).json
        #expect(json.contains(#""body":"Cf4=""#))
        #expect(!json.contains("account"))
    }
}
