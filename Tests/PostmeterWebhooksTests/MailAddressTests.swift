import PostmeterWebhooks
import Testing

@Suite struct MailAddressTests {
    @Test(arguments: [
        ("jo@b.example", "jo@b.example"), ("Jo.Doe+tag@B.EXAMPLE", "Jo.Doe+tag@b.example"),
        ("Jo <jo@B.example>", "jo@b.example"), ("<jo@b.example>", "jo@b.example"),
        ("  < jo@b.example >  ", "jo@b.example"), ("\"Jo <the> Doe\" <jo@b.example>", "jo@b.example"),
        ("\"a \\\" <x@y.example>\" <jo@b.example>", "jo@b.example"),
        ("Jo\"Brien <jo@b.example>", "jo@b.example"),
        ("jo@b.example (Jo)", "jo@b.example"), ("jo@b.example trailing", "jo@b.example"),
        ("Jo <jo@b.example> (work)", "jo@b.example"), ("jö@bücher.example", "jö@bücher.example"),
        ("a@b@C.example", "a@b@c.example"),
    ])
    func `the bare address is found and its domain lowered`(text: String, address: String) {
        #expect(MailAddress.bare(text) == address)
    }

    @Test(arguments: [
        "", " ", "jo", "Jo Doe", "@", "@b.example", "jo@", "<>", "<jo>", "Jo <>", "Jo <jo>",
        "Jo jo@b.example",
        "a@b.example,c@d.example", "<a@b.example;c@d.example>", "<jo @b.example>", "jo\u{0}@b.example",
        "<jo\r\n@b.example>", ">jo@b.example<", "<<jo@b.example>", ">", "<", "\"", "\\", "\"\\",
        String(repeating: "a", count: 320) + "@b.example",
    ])
    func `what holds no address gives none`(text: String) {
        let address = MailAddress.bare(text)
        // A doubled opening bracket is the one of these that still holds an address.
        #expect(address.isEmpty || (text == "<<jo@b.example>" && address == "jo@b.example"))
    }

    @Test(arguments: [
        ("550 <jo.doe@b.example>: unknown", "550 <_@b.example>: unknown"),
        ("to=jo@b.example, x@y.example", "_@b.example, _@y.example"), ("@b.example", "@b.example"),
        ("no address", "no address"), ("to \"Jo Doe\"@b.example now", "to _@b.example now"), ("\"@b", "\"@b"),
        ("a@b@c", "_@_@c"), ("é@b", "_@b"), ("", ""), ("x @ y", "x @ y"),
    ])
    func `addresses in a sentence are masked`(text: String, masked: String) {
        #expect(MailAddress.masking(text) == masked)
    }
}
