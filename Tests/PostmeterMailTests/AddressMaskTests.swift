import PostmeterMail
import Testing

@Suite struct AddressMaskTests {
    private func masked(_ text: String, _ privacy: AddressPrivacy) -> String {
        AddressMask(privacy: privacy, traceKey: MailFixture.key).masking(text, account: "support")
    }

    @Test(arguments: [
        (AddressPrivacy.off, #"{"to":["[address]"],"id":"x"}"#),
        (.domain, #"{"to":["_@Example.com"],"id":"x"}"#),
        (.hmac, #"{"to":["324eebd7834214a2"],"id":"x"}"#),
        (.clear, #"{"to":["Bob@Example.com"],"id":"x"}"#),
    ])
    func `an address is shown as the setting has it, with the fingerprint of spans`(
        privacy: AddressPrivacy, expected: String
    ) {
        #expect(masked(#"{"to":["Bob@Example.com"],"id":"x"}"#, privacy) == expected)
    }

    @Test(arguments: [
        ("Bob <bob+tag@mail.example.com>, eve@x.example.", "Bob <_@mail.example.com>, _@x.example."),
        (#""bob smith"@example.com"#, "_@example.com"),
        (#""to":"bob\u0040example.com""#, #""to":"_\u0040example.com""#),
        ("event=failed&recipient=bob%40example.com&n=1", "event=failed&recipient=_%40example.com&n=1"),
        ("bounce+bob=example.com@x.example", "_@x.example"),
        ("bob@[192.0.2.1]", "_@[192.0.2.1]"),
        ("bjørn@exämple.com", "_@exämple.com"),
        ("a@b@c.example", "_@b@c.example"),
        ("5 @ 3 and @here", "5 @ 3 and @here"),
        ("no address", "no address"), ("", ""), ("@", "@"), ("%4", "%4"),
    ])
    func `addresses are found however they stand in a body`(text: String, expected: String) {
        #expect(masked(text, .domain) == expected)
    }

    @Test func `without a key the setting hmac shows nothing of an address`() {
        #expect(
            AddressMask(privacy: .hmac, traceKey: nil).masking("to bob@example.com", account: "a")
                == "to [address]")
    }

    @Test func `bytes that are no UTF-8 are masked too and stay as they are elsewhere`() {
        let mask = AddressMask(privacy: .off, traceKey: nil)
        #expect(
            mask.masking([0xff, 0x20] + Array("bob@example.com".utf8) + [0x00, 0xfe], account: "a")
                == [0xff, 0x20] + Array("[address]".utf8) + [0x00, 0xfe])
    }
}
