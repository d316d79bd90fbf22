import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

/// Mail that came in, as routes post it.
@Suite struct MailgunRouteTests {
    private typealias Fields = [(name: String, value: String)]

    private static func read(_ body: [UInt8], _ contentType: String) throws -> MailEvent {
        let events = try decode(Mailgun.self, body, headers: [("content-type", contentType)])
        guard events.count == 1 else { throw UnexpectedCount(events: events) }
        return events[0]
    }

    /// The event of fields as a form of each encoding, which must be the same.
    private static func read(_ fields: Fields) throws -> MailEvent {
        let event = try read(MailgunSamples.multipart(fields), MailgunSamples.multipartType)
        #expect(try read(MailgunSamples.encoded(fields), MailgunSamples.encodedType) == event)
        return event
    }

    private static func failure(_ fields: Fields) -> DecodeFailure? {
        do {
            _ = try read(fields)
            return nil
        } catch {
            return error as? DecodeFailure
        }
    }

    private static let whole = MailEvent(
        kind: .received,
        provider: .mailgun,
        id: MailgunSamples.token,
        time: UnixTime(seconds: MailgunSamples.timestamp),
        messageID: "CAF+1234@mail.customer.example",
        internetMessageID: "CAF+1234@mail.customer.example",
        inReplyTo: "second@support.acme.example",
        conversationID: "root@support.acme.example",
        sender: "jo@customer.example",
        recipients: ["Triage@support.acme.example"],
        mailbox: "Triage@support.acme.example"
    )

    @Test func `a mail is read whole from either form`() throws {
        #expect(try Self.read(MailgunSamples.route()) == Self.whole)
    }

    @Test func `a raw mail tells the same by its head`() throws {
        let mime = """
            Received: by mx.example;\r
             Sat, 31 Jan 2026 09:30:05 +0000\r
            Message-ID:\r
             <CAF+1234@mail.customer.example>\r
            no header at all\r
            IN-REPLY-TO: <second@support.acme.example>\r
            References: <root@support.acme.example>\r
            \t<second@support.acme.example>\r
            \r
            Message-ID: <not@this.one>\r
            """
        for text in [mime, mime.replacing("\r\n", with: "\n"), mime + String(repeating: "x", count: 200_000)]
        {
            #expect(try Self.read(MailgunSamples.route(headers: nil) + [("body-mime", text)]) == Self.whole)
        }
        let cut = try Self.read(
            MailgunSamples.route(headers: nil) + [("body-mime", "Message-ID: <only@one>")])
        #expect(cut.messageID == "only@one")
        let long = "X: " + String(repeating: "x", count: 70_000) + "\r\n" + mime
        #expect(try Self.read(MailgunSamples.route(headers: nil) + [("body-mime", long)]).messageID == "")
    }

    @Test func `Mailgun's signature is the last of that name, its other fields the first`() throws {
        let injected: Fields = [("token", "forged"), ("timestamp", "1"), ("signature", "00")]
        let late: Fields = [("recipient", "other@acme.example"), ("sender", "x@y.example")]
        #expect(try Self.read(injected + MailgunSamples.route() + late) == Self.whole)
    }

    @Test func `a mail that Mailgun takes for spam says so`() throws {
        let headers = MailgunSamples.headers.replacing("\"No\"", with: "\"Yes\"")
        #expect(try Self.read(MailgunSamples.route(headers: headers)).detail == "spam")
    }

    @Test func `a mail that a machine sent says so`() throws {
        let headers = #"[["Auto-Submitted","auto-replied"]]"#
        #expect(try Self.read(MailgunSamples.route(headers: headers)).isAutomatic)
        #expect(try !Self.read(MailgunSamples.route()).isAutomatic)
        let mime =
            MailgunSamples.route(headers: nil) + [("body-mime", "Auto-Submitted: auto-replied\r\n\r\n")]
        #expect(try Self.read(mime).isAutomatic)
    }

    @Test func `several recipients in one request are all of them, and no mailbox`() throws {
        let fields = MailgunSamples.route().map { field in
            field.name == "recipient" ? ("recipient", "a@acme.example, b@Acme.example,junk") : field
        }
        let event = try Self.read(fields)
        #expect(event.recipients == ["a@acme.example", "b@acme.example"])
        #expect(event.mailbox == "")
    }

    @Test func `a sender is that of the mail, or else of its envelope`() throws {
        let fields = MailgunSamples.route().filter { $0.name != "from" }
        #expect(try Self.read(fields).sender == "bounces+7@customer.example")
    }

    @Test func `a mail without headers is a mail`() throws {
        let event = try Self.read(MailgunSamples.route(headers: nil))
        #expect(event.messageID == "" && event.inReplyTo == "" && event.mailbox == Self.whole.mailbox)
        let junk = try Self.read(MailgunSamples.route(headers: #"[["Message-Id"],7,{},["References",7],[]]"#))
        #expect(junk.messageID == "" && junk.conversationID == "")
    }

    /// The headers as they are, and as text that holds JSON.
    private static let storedHeaders = [
        MailgunSamples.headers,
        "\"" + MailgunSamples.headers.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"",
    ]

    @Test(arguments: storedHeaders)
    func `what store posts is read from JSON, its headers as a list or as text`(headers: String) throws {
        let body = """
            {"recipient":"Triage@Support.acme.example","sender":"bounces+7@customer.example",\
            "from":"Jo <jo@customer.example>","message-headers":\(headers),"message-url":"https://x.example",\
            "timestamp":\(MailgunSamples.timestamp),"token":"\(MailgunSamples.token)",\
            "signature":"\(MailgunSamples.code)"}
            """
        #expect(try Self.read(Array(body.utf8), "application/json") == Self.whole)
    }

    @Test(
        arguments: [
            ("sender", DecodeFailure.Reason.missingField), ("recipient", .missingField),
            ("token", .missingField),
            ("timestamp", .missingField),
        ]
    )
    func `a field that is missing is named`(name: String, reason: DecodeFailure.Reason) {
        let failure = Self.failure(MailgunSamples.route().filter { $0.name != name })
        #expect(failure?.reason == reason)
        #expect(failure?.detail.contains(name) == true)
    }

    @Test func `a webhook of before 2018 is told from mail`() {
        let fields: Fields =
            [("event", "dropped"), ("recipient", "jo@customer.example")] + MailgunSamples.signed
        #expect(Self.failure(fields)?.reason == .unknownEvent)
        // A mail may have a header of that name.
        #expect(throws: Never.self) { try Self.read(MailgunSamples.route() + [("event", "dropped")]) }
    }

    @Test func `wrecks are refused with their reason`() {
        #expect(Self.failure(MailgunSamples.route(headers: "[["))?.reason == .malformedJSON)
        let timeless = MailgunSamples.route().map { $0.name == "timestamp" ? ("timestamp", "soon") : $0 }
        #expect(Self.failure(timeless)?.reason == .badTime)
        let cut = MailgunSamples.multipart(MailgunSamples.route()).dropLast(9)
        #expect(throws: DecodeFailure.self) { try Self.read(Array(cut), MailgunSamples.multipartType) }
        let huge = "[" + String(repeating: " ", count: 1 << 20) + "]"
        #expect(Self.failure(MailgunSamples.route(headers: huge))?.reason == .tooLarge)
    }
}
