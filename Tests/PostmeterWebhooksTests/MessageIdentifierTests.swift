import PostmeterWebhooks
import Testing

@Suite struct MessageIdentifierTests {
    @Test(arguments: [
        ("<a@b>", "a@b", "a@b"), ("<a@b> <c@d>\r\n <e@f>", "a@b", "e@f"), ("a@b", "a@b", "a@b"),
        (" a@b, c@d ", "a@b", "c@d"), ("msg_1", "msg_1", "msg_1"), ("", "", ""), (" ", "", ""),
        ("<>", "", ""),
        ("<a@b", "<a@b", "<a@b"), ("Jo's mail of Monday <a@b>", "a@b", "a@b"), ("<a@b><c@d>", "a@b", "c@d"),
        ("<a\u{0}b@c>", "a b@c", "a b@c"),
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
}
