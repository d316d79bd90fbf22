import PostmeterWebhooks
import Testing

@Suite struct EncodedFormTests {
    private static let contentType = "application/x-www-form-urlencoded"

    private static func read<Result>(
        _ body: String,
        _ look: (FormBody) throws -> Result
    ) throws -> Result {
        try Array(body.utf8).withUnsafeBytes {
            try look(try FormBody.read(contentType: contentType, body: $0))
        }
    }

    @Test func `pairs are decoded when they are asked for`() throws {
        try Self.read("recipient=triage%40acme.example&&from=Jo+%3Cjo@x%3e&%66lag&b=1=2&recipient=2&=&") {
            form in
            #expect(form.names == ["recipient", "from", "flag", "b", "recipient", ""])
            #expect(form.text("recipient", limit: 100) == "triage@acme.example")
            #expect(form.text("from", limit: 100) == "Jo <jo@x>")
            #expect(form.text("from", limit: 4) == "Jo <")
            #expect(form.text("flag", limit: 100) == "")
            #expect(form.text("b", limit: 100) == "1=2")
            #expect(form.text("c", limit: 100) == nil)
            #expect(form.bytes("b") == nil)
            #expect(form["from"]?.fileName == nil && form.isEncoded)
        }
    }

    @Test(arguments: [
        ("%e2%82%AC", "€"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%4g%41", "%4gA"), ("%%41", "%A"),
        ("a%00%0d%0ab", "a   b"), ("%ff", "\u{FFFD}"), ("+%2B+", " + "), ("€", "€"),
    ])
    func `escapes are undone and what is none stays`(value: String, expected: String) throws {
        #expect(try Self.read("a=" + value) { $0.text("a", limit: 100) } == expected)
    }

    @Test func `a text is cut between characters, not escapes`() throws {
        #expect(try Self.read("a=%e2%82%ac%e2%82%ac") { $0.text("a", limit: 5) } == "€")
        #expect(try Self.read("a=%ff%ff%ff") { $0.text("a", limit: 4) } == "\u{FFFD}")
        #expect(try Self.read("a=%41%41") { $0.text("a", limit: 0) } == "")
    }

    @Test func `bytes are given decoded, with what a parser of JSON needs behind them`() throws {
        let kind = try Self.read("a=%5B%5B%22To%22%2C+%22x%22%5D%5D") { form in
            try form.withBytes("a", limit: 100) { bytes throws(DecodeFailure) in
                let parser = JSONParser()
                let value = try parser.parse(bytes)
                return withExtendedLifetime(parser) { value.kind }
            }
        }
        #expect(kind == .array)
        #expect(try Self.read("a=1") { try $0.withBytes("b", limit: 9) { $0.count } } == nil)
        #expect(throws: DecodeFailure(.tooLarge, "the field a has 5 bytes where at most 4 are read")) {
            try Self.read("a=%41%4") { try $0.withBytes("a", limit: 4) { $0.count } }
        }
    }

    @Test func `an empty body has no fields, and more than a thousand are refused`() throws {
        #expect(try Self.read("") { $0.names }.isEmpty)
        #expect(try Self.read(String(repeating: "&", count: 100_000)) { $0.names }.isEmpty)
        let thousand = String(repeating: "a=1&", count: 1_000)
        #expect(try Self.read(thousand) { $0.names.count } == 1_000)
        #expect(throws: DecodeFailure(.tooLarge, "the form has more than 1000 fields")) {
            try Self.read(thousand + "a") { $0.names }
        }
    }

    @Test func `a name is limited as it is decoded`() throws {
        let longest = String(repeating: "%41", count: 256)
        #expect(try Self.read(longest) { $0.names } == [String(repeating: "A", count: 256)])
        #expect(throws: DecodeFailure(.tooLarge, "the name of field 2 has more than 256 bytes")) {
            try Self.read("b&" + longest + "%41=1") { $0.names }
        }
        // A megabyte without an equals sign is a name, of which little is decoded.
        #expect(throws: DecodeFailure.self) {
            try Self.read(String(repeating: "a", count: 1 << 20)) { $0.names }
        }
    }
}
