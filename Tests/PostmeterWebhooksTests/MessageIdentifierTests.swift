import PostmeterWebhooks
import Testing

@Suite struct MessageIdentifierTests {
    @Test(arguments: [
        ("<a@b>", "a@b", "a@b"), ("<a@b> <c@d>\r\n <e@f>", "a@b", "e@f"), ("a@b", "a@b", "a@b"),
        (" a@b, c@d ", "a@b", "c@d"), ("msg_1", "msg_1", "msg_1"), ("", "", ""), (" ", "", ""),
        ("<>", "", ""),
        ("<a@b", "<a@b", "<a@b"), ("Jo's mail of Monday <a@b>", "a@b", "a@b"), ("<a@b><c@d>", "a@b", "c@d"),
        ("<a\u{0}b@c>", "a b@c", "a b@c"), (",, a@b ,\tc@d\r\n e@f ,", "a@b", "e@f"), (" ,", "", ""),
        ("a", "a", "a"), (",a b", "a", "b"),
    ])
    func `the first and the last id of a field are bare`(field: String, first: String, last: String) {
        Array(field.utf8).withUnsafeBufferPointer { text in
            #expect(MessageIdentifier.first(in: text) == first)
            #expect(MessageIdentifier.last(in: text) == last)
        }
    }

    @Test func `an id is no longer than a line of mail`() {
        Array(("<" + String(repeating: "é", count: 2_000) + ">").utf8).withUnsafeBufferPointer { text in
            #expect(MessageIdentifier.first(in: text) == String(repeating: "é", count: 499))
        }
    }

    @Test func `an id that is no UTF-8 is mended and no longer than another`() {
        let bytes = Array("<".utf8) + [UInt8](repeating: 0xFF, count: 400) + Array(">".utf8)
        bytes.withUnsafeBufferPointer { text in
            #expect(MessageIdentifier.first(in: text) == String(repeating: "\u{FFFD}", count: 332))
            #expect(MessageIdentifier.last(in: text) == String(repeating: "\u{FFFD}", count: 332))
        }
    }
}
