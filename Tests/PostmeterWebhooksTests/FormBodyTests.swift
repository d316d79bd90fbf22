import PostmeterWebhooks
import Testing

/// What a body of `multipart/form-data` with the boundary `xYz` holds: names with the bytes of their values.
func fields(
    _ body: [UInt8],
    contentType: String = "multipart/form-data; boundary=xYz"
) throws -> [(name: String, value: [UInt8])] {
    try body.withUnsafeBytes { bytes in
        try FormBody.read(contentType: contentType, body: bytes).fields.map {
            ($0.name, Array(bytes[$0.place]))
        }
    }
}

@Suite struct FormBodyTests {
    private static func part(_ name: String, _ value: String, _ more: String = "") -> String {
        "--xYz\r\nContent-Disposition: form-data; name=\"\(name)\"\(more)\r\n\r\n\(value)\r\n"
    }

    private static func texts(_ body: String, contentType: String = "multipart/form-data; boundary=xYz")
        throws
        -> [String]
    {
        try fields(Array(body.utf8), contentType: contentType).map {
            $0.name + "=" + String(decoding: $0.value, as: UTF8.self)
        }
    }

    private static func failure(
        _ body: String,
        contentType: String = "multipart/form-data; boundary=xYz"
    ) -> DecodeFailure? {
        do {
            _ = try texts(body, contentType: contentType)
            return nil
        } catch {
            return error as? DecodeFailure
        }
    }

    @Test func `parts come in order, with what they say of themselves`() throws {
        let body =
            Self.part("recipient", "triage@acme.example")
            + Self.part(
                "attachment-1", "%PDF\r\n\0",
                "; filename=\"a \\\"b\\\".pdf\"\r\nContent-Type: application/pdf")
            + Self.part("recipient", "second") + "--xYz--\r\n"
        try Array(body.utf8).withUnsafeBytes { bytes in
            let form = try FormBody.read(contentType: "multipart/form-data; boundary=xYz", body: bytes)
            #expect(form.names == ["recipient", "attachment-1", "recipient"])
            #expect(form["recipient"]?.fileName == nil && form["recipient"]?.contentType == nil)
            #expect(form["attachment-1"]?.fileName == "a \"b\".pdf")
            #expect(form["attachment-1"]?.contentType == "application/pdf")
            #expect(form.text("recipient", limit: 100) == "triage@acme.example")
            #expect(form.text("recipient", limit: 6) == "triage")
            #expect(form.text("attachment-1", limit: 100) == "%PDF   ")
            #expect(form.text("Recipient", limit: 100) == nil && form.bytes("attachment") == nil)
            // In its place, not copied.
            let place = try #require(form["attachment-1"]?.place.lowerBound)
            #expect(form.bytes("attachment-1")?.baseAddress == bytes.baseAddress.map { $0 + place })
            #expect(form.bytes("attachment-1")?.elementsEqual("%PDF\r\n\0".utf8) == true)
        }
    }

    @Test func `what stands around the parts is nothing, and lines may end in a line feed alone`() throws {
        #expect(try Self.texts("hello\r\n" + Self.part("a", "1") + "--xYz-- \r\nbye\r\n--xYz\r\n") == ["a=1"])
        let body =
            "--xYz\nContent-Disposition: form-data; name=a\n\n1\n\n--xYz\t \nContent-Disposition: form-data;\n"
            + "  name=b\n\n--xYz--"
        #expect(try Self.texts(body) == ["a=1\n", "b="])
        #expect(try Self.texts("--xYz--").isEmpty)
    }

    @Test(arguments: [
        ("\r\n", "a=\r\n"), ("", "a="), ("\r\n\r\n", "a=\r\n\r\n"), ("--xYz", "a=--xYz"), ("-", "a=-"),
        ("x--xYz--", "a=x--xYz--"), ("\r\n--xYzz\r\n", "a=\r\n--xYzz\r\n"),
        ("\r\n--xYz -\r\n", "a=\r\n--xYz -\r\n"),
        ("\r\n--xY\r\n", "a=\r\n--xY\r\n"), ("\r\n-- xYz\r\n", "a=\r\n-- xYz\r\n"), ("\r\r", "a=\r\r"),
    ])
    func `content is content, whatever looks like an end`(value: String, expected: String) throws {
        // A value that begins with the boundary alone would end at once.
        let body = value == "--xYz" ? Self.part("a", " " + value) : Self.part("a", value)
        let expected = value == "--xYz" ? "a= --xYz" : expected
        #expect(try Self.texts(body + "--xYz--") == [expected])
    }

    @Test func `a part that is a multipart itself is one value`() throws {
        let inner = "--in\r\nContent-Disposition: file; filename=\"b\"\r\n\r\nx\r\n--in--"
        let body = Self.part("files", inner, "\r\nContent-Type: multipart/mixed; boundary=in") + "--xYz--"
        #expect(try Self.texts(body) == ["files=" + inner])
    }

    @Test(arguments: [
        "multipart/form-data; boundary=\"xYz\"", "Multipart/Form-Data;charset=utf-8;  Boundary = xYz",
        "multipart/form-data; a=\"; boundary=no\\\"\"; boundary=xYz; boundary=no",
    ])
    func `the boundary is found among parameters`(contentType: String) throws {
        #expect(try Self.texts(Self.part("a", "1") + "--xYz--", contentType: contentType) == ["a=1"])
        #expect(FormBody.isForm(contentType: contentType))
    }

    @Test func `a boundary may hold what must be quoted`() throws {
        let body = "--a \"b\" (c)?\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--a \"b\" (c)?--"
        let contentType = "multipart/form-data; boundary=\"a \\\"b\\\" (c)?\""
        #expect(try Self.texts(body, contentType: contentType) == ["a=1"])
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"xYz",
        "multipart/form-data; boundary=\"x\r\nY\"", "multipart/form-data; boundary=\"x \"",
        "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "multipart/mixed; boundary=xYz",
        "multipart/form-data-x; boundary=xYz", "text/plain", "", ";", "application/json",
    ])
    func `a content type that is none of a form is refused`(contentType: String) {
        #expect(
            Self.failure(Self.part("a", "1") + "--xYz--", contentType: contentType)?.reason == .malformedForm)
    }

    @Test(arguments: [
        ("", "the boundary of the content type is nowhere in the body"),
        ("xYz\r\n", "the boundary of the content type is nowhere in the body"),
        ("--xYz", "the boundary of the content type is nowhere in the body"),
        ("--xYz\r\n", "part 1 ends within its headers: the body was cut short"),
        (
            "--xYz\r\nContent-Disposition: form-data; name=a",
            "part 1 ends within its headers: the body was cut short"
        ),
        (part("a", "1"), "part 2 ends within"),
        (part("a", "1") + "--xYz", "part 1 is not ended by the boundary"),
        (part("a", "1") + "--xYz-", "part 1 is not ended by the boundary"),
        ("--xYz\r\n\r\n1\r\n--xYz--", "part 1 has no header Content-Disposition"),
        (
            "--xYz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xYz--",
            "part 1 has no header Content-Disposition"
        ),
        (
            "--xYz\r\nContent-Disposition: file; name=a\r\n\r\n1\r\n--xYz--",
            "part 1 has no header Content-Disp"
        ),
        (
            "--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--xYz--",
            "part 1 has no header Content"
        ),
        ("--xYz\r\n--xYz--", "part 1 ends within its headers: the body was cut short"),
        (part("a", "1") + "--xYz\r\nno colon\r\n\r\n--xYz--", "part 2 has a header without a colon"),
    ])
    func `a body that breaks the grammar is refused with its place`(body: String, problem: String) {
        let failure = Self.failure(body.hasSuffix("1\r\n") ? body + "--xYz\r\n" : body)
        #expect(failure?.reason == .malformedForm)
        #expect(failure?.detail.hasPrefix(problem) == true, "\(failure?.detail ?? "none")")
    }

    @Test func `headers cannot be smuggled in by a name`() throws {
        let body = Self.part("a\r\nContent-Type: text/html\r\nX: \"", "1") + "--xYz--"
        #expect(Self.failure(body)?.reason == .malformedForm)
        let quoted = Self.part("a\\\"; filename=\\\"b", "1") + "--xYz--"
        #expect(try Self.texts(quoted) == ["a\"; filename=\"b=1"])
        let long =
            Self.part("a", "1", "; filename=\"" + String(repeating: "é\t", count: 200) + "\"") + "--xYz--"
        try Array(long.utf8).withUnsafeBytes { bytes in
            let form = try FormBody.read(contentType: "multipart/form-data; boundary=xYz", body: bytes)
            #expect(form["a"]?.fileName == String(repeating: "é ", count: 85))
        }
    }

    @Test func `a thousand parts are read and no more`() throws {
        let thousand = String(repeating: Self.part("a", "1"), count: 1_000)
        #expect(try Self.texts(thousand + "--xYz--").count == 1_000)
        let failure = Self.failure(thousand + Self.part("a", "1") + "--xYz--")
        #expect(failure == DecodeFailure(.tooLarge, "the form has more than 1000 parts"))
    }

    @Test func `names and headers are limited`() throws {
        let longest = String(repeating: "n", count: 256)
        #expect(try Self.texts(Self.part(longest, "1") + "--xYz--") == [longest + "=1"])
        #expect(Self.failure(Self.part(longest + "n", "1") + "--xYz--")?.reason == .tooLarge)
        let header = "\r\nX: " + String(repeating: "x", count: 8_000)
        #expect(try Self.texts(Self.part("a", "1", header) + "--xYz--") == ["a=1"])
        let failure = Self.failure(Self.part("a", "1", header + header) + "--xYz--")
        #expect(failure == DecodeFailure(.tooLarge, "the headers of part 1 have more than 8192 bytes"))
    }

    @Test(arguments: ["\r\n--xYz_", "\r", "\n--xY", "--xYz", "\n--xYz-", "\r\n--aaaaaaaa", "\n--"])
    func `a large body is read whatever it is full of`(filling: String) throws {
        let value = String(repeating: filling, count: (4 << 20) / filling.utf8.count) + "."
        let found = try fields(Array((Self.part("a", "." + value) + "--xYz--").utf8))
        #expect(found.count == 1 && found[0].value.count == value.utf8.count + 1)
    }

    @Test func `values that are no UTF-8 are mended and stay within their limit`() throws {
        let bytes =
            Array("--xYz\r\nContent-Disposition: form-data; name=\"".utf8) + [0xFF]
            + Array("\"\r\n\r\n".utf8) + [0xFF, 0xFF, 0xFF] + Array("\r\n--xYz--".utf8)
        try bytes.withUnsafeBytes { bytes in
            let form = try FormBody.read(contentType: "multipart/form-data; boundary=xYz", body: bytes)
            #expect(form.text("\u{FFFD}", limit: 9) == "\u{FFFD}\u{FFFD}\u{FFFD}")
            #expect(form.text("\u{FFFD}", limit: 3) == "\u{FFFD}")
        }
    }

    @Test func `what a part says of itself is kept within its limit when it is no UTF-8`() throws {
        let junk = [UInt8](repeating: 0xFF, count: 256)
        let bytes =
            Array("--xYz\r\nContent-Disposition: form-data; name=a; filename=\"".utf8) + junk
            + Array("\"\r\nContent-Type: ".utf8) + junk + Array("\r\n\r\n1\r\n--xYz--".utf8)
        try bytes.withUnsafeBytes { bytes in
            let form = try FormBody.read(contentType: "multipart/form-data; boundary=xYz", body: bytes)
            let mended = String(repeating: "\u{FFFD}", count: 85)
            #expect(form["a"]?.fileName == mended)
            #expect(form["a"]?.contentType == mended)
        }
    }
}
