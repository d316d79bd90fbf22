import PostmeterMail
import PostmeterModel
import Testing

@testable import PostmeterWebhooks

@Suite struct SendGridTests {
    private func decode(_ batch: String, agentField: String? = nil) throws -> [MailEvent] {
        var options = WebhookOptions()
        options.agentField = agentField
        return try PostmeterWebhooksTests.decode(
            SendGrid.self,
            Array(batch.utf8),
            headers: [("content-type", "application/json")],
            options: options
        )
    }

    private func decodeOne(_ event: String, agentField: String? = nil) throws -> MailEvent {
        let events = try decode(SendGridSamples.batch(event), agentField: agentField)
        return try #require(events.count == 1 ? events.first : nil)
    }

    @Test func `a delivery is read whole`() throws {
        #expect(
            try decodeOne(SendGridSamples.delivered)
                == MailEvent(
                    kind: .delivered,
                    provider: .sendgrid,
                    id: "delivered-MTA5OTQ5MTk",
                    time: UnixTime(seconds: 1_769_851_805),
                    messageID: "LRzXl_NHSt",
                    internetMessageID: "LRzXl_NHSt@ismtpd0039p1iad1",
                    recipients: ["jo@customer.example"],
                    mailbox: "Triage@support.acme.example"
                )
        )
    }

    private static let kinds: [(String, MailEventKind)] = [
        (SendGridSamples.processed, .accepted), (SendGridSamples.deferred, .deferred),
        (SendGridSamples.delivered, .delivered), (SendGridSamples.bounce(), .bounced),
        (SendGridSamples.bounce("blocked"), .bounced), (SendGridSamples.bounce("expired"), .bounced),
        (SendGridSamples.dropped("Invalid"), .rejected), (SendGridSamples.open, .opened),
        (SendGridSamples.click, .clicked), (SendGridSamples.event("spamreport"), .complained),
        (SendGridSamples.event("unsubscribe"), .unsubscribed),
        (SendGridSamples.event("group_unsubscribe"), .unsubscribed),
    ]

    @Test(arguments: kinds)
    func `each event has its kind and counts once`(event: String, kind: MailEventKind) throws {
        let event = try decodeOne(event)
        #expect(event.kind == kind)
        #expect(event.count == 1)
        #expect(event.messageID == "LRzXl_NHSt")
        #expect(event.recipients == ["jo@customer.example"])
        #expect((event.bounce != nil) == (kind == .bounced || kind == .deferred))
    }

    @Test func `what concerns no mail that was sent is read as none`() throws {
        let batch = SendGridSamples.batch(SendGridSamples.status, SendGridSamples.event("group_resubscribe"))
        #expect(try decode(batch).isEmpty)
        #expect(try decode("[]").isEmpty)
    }

    @Test func `a batch is read in its order`() throws {
        let events = try decode(
            SendGridSamples.batch(
                SendGridSamples.delivered, SendGridSamples.status, SendGridSamples.processed,
                SendGridSamples.open))
        #expect(events.map(\.kind) == [.delivered, .accepted, .opened])
    }

    private static let bounces: [(String, String, String, String, Bounce.Class, Bounce.Reason)] = [
        (
            "bounce", "5.1.1", "550 5.1.1 user unknown", "Invalid Address", .hard,
            .invalidRecipient
        ),
        ("bounce", "5.0.0", "500 unknown recipient", "", .hard, .invalidRecipient),
        ("bounce", "", "", "Invalid Address", .hard, .invalidRecipient),
        ("bounce", "", "", "Mailbox Unavailable", .hard, .inactiveMailbox),
        ("bounce", "", "", "Unclassified", .hard, .other),
        ("bounce", "", "", "Technical", .soft, .connection),
        ("bounce", "", "", "content", .soft, .spamContent),
        ("bounce", "", "", "Reputation", .soft, .spamBlock),
        ("bounce", "", "", "Frequency or Volume", .soft, .rateLimited),
        ("blocked", "5.7.1", "554 5.7.1 rejected, on a blocklist", "Reputation", .soft, .spamBlock),
        ("blocked", "4.2.2", "452 4.2.2 over quota", "Mailbox Unavailable", .soft, .mailboxFull),
        ("blocked", "5.4.4", "no host", "Technical", .hard, .badDomain),
        ("expired", "", "", "", .soft, .expired),
        ("expired", "4.2.2", "452 mailbox full", "", .soft, .mailboxFull),
    ]

    @Test(arguments: bounces)
    func `bounces are classified by their type, the server's answer and SendGrid's word`(
        type: String,
        status: String,
        reason: String,
        classification: String,
        class: Bounce.Class,
        expected: Bounce.Reason
    ) throws {
        let event = try decodeOne(
            SendGridSamples.bounce(type, status: status, reason: reason, classification: classification))
        #expect(event.bounce?.class == `class`)
        #expect(event.bounce?.reason == expected)
        #expect(event.detail == type)
    }

    @Test func `what a server said is kept with addresses masked, behind a code that it does not tell`()
        throws
    {
        #expect(
            try decodeOne(SendGridSamples.bounce()).bounce?.diagnostic
                == "550 5.1.1 <_@customer.example>: user unknown")
        #expect(
            try decodeOne(SendGridSamples.bounce(status: "5.2.2", reason: "jo@a.example is full")).bounce
                == Bounce(class: .hard, reason: .mailboxFull, diagnostic: "5.2.2 _@a.example is full"))
        #expect(
            try decodeOne(SendGridSamples.bounce(status: "", reason: "")).bounce?.diagnostic
                == "Invalid Address")
        #expect(
            try decodeOne(SendGridSamples.deferred).bounce
                == Bounce(
                    class: .soft, reason: .rateLimited, diagnostic: "451 4.7.1 _@customer.example greylisted")
        )
    }

    private static let drops: [(String, MailEventKind)] = [
        ("Bounced Address", .suppressed), ("Unsubscribed Address", .suppressed),
        ("Spam Reporting Address", .suppressed), ("bounced address", .suppressed), ("Invalid", .rejected),
        ("Invalid SMTPAPI header", .rejected), ("Spam Content (if Spam Checker app is enabled)", .rejected),
        ("Recipient List over Package Quota", .rejected), ("", .rejected),
    ]

    @Test(arguments: drops)
    func `a mail that was not sent is suppressed when its address is on a list, and else rejected`(
        reason: String,
        kind: MailEventKind
    ) throws {
        let event = try decodeOne(SendGridSamples.dropped(reason))
        #expect(event.kind == kind)
        #expect(event.detail == reason)
        #expect(event.bounce == nil)
    }

    @Test func `the agent is in a custom argument, or in the first category`() throws {
        let event = SendGridSamples.delivered
        #expect(try decodeOne(event, agentField: "mailbox").mailbox == "")
        #expect(try decodeOne(event, agentField: "category").mailbox == "outreach")
        #expect(
            try decodeOne(
                event.replacing("[\"outreach\",\"spring\"]", with: "\"a@B.example\""), agentField: "category"
            ).mailbox == "a@b.example")
        #expect(
            try decodeOne(event.replacing("[\"outreach\",\"spring\"]", with: "[]"), agentField: "category")
                .mailbox
                == "")
        #expect(
            try decodeOne(event.replacing("\"agent\"", with: "\"unit\""), agentField: "unit").mailbox
                == "Triage@support.acme.example")
        #expect(
            try decodeOne(event.replacing("Triage@Support.acme.example", with: "triage")).mailbox == "triage")
        #expect(try decodeOne(event.replacing("\"Triage@Support.acme.example\"", with: "7")).mailbox == "")
    }

    @Test(arguments: ["event", "email", "smtp-id", "timestamp", "type", "reason", ""])
    func `a custom argument of the name of SendGrid's own fields cannot hold the agent`(field: String) {
        var options = WebhookOptions()
        options.agentField = field
        do throws(WebhookSetupError) {
            _ = try SendGrid(WebhookSetup(secrets: ["user:password"], options: options))
            Issue.record("it was taken")
        } catch {
            #expect(error.key == "agent_field")
            #expect(
                error.problem.contains(field.isEmpty ? "is empty" : "'\(field)' is a field of SendGrid's own")
            )
        }
    }

    @Test
    func `an address that is none loses no event, and a mail without a dot in its id is known by all of it`()
        throws
    {
        let none = SendGridSamples.dropped("Invalid").replacing("jo@Customer.example", with: "not an address")
        #expect(try decodeOne(none).recipients.isEmpty)
        let plain = SendGridSamples.delivered.replacing(
            "LRzXl_NHSt.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0", with: "LRzXl_NHSt")
        #expect(try decodeOne(plain).messageID == "LRzXl_NHSt")
        #expect(try decodeOne(plain.replacing("\"LRzXl_NHSt\"", with: "\".x\"")).messageID == ".x")
    }

    private static let messageIDs: [(String, String?)] = [
        ("LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net", "LRzXl_NHStOGhQ4kofSm_A"),
        ("LRzXl@geopod-ismtpd-4-1", "LRzXl"), ("LRzXl@acme.example", nil), ("@ismtpd-555", nil),
        ("ismtpd", nil), ("", nil),
    ]

    @Test(arguments: messageIDs)
    func `the Message-ID that SendGrid gives tells its own id of the mail`(id: String, expected: String?) {
        #expect(SendGrid.messageID(fromInternet: id) == expected)
    }

    @Test func `who asks for no more needs no mail that led to it`() throws {
        let event = SendGridSamples.event("unsubscribe").replacing("\"sg_message_id\"", with: "\"x\"")
        #expect(try decodeOne(event).messageID == "")
    }

    @Test func `an opening by a machine is told apart`() throws {
        #expect(try decodeOne(SendGridSamples.open).detail == "")
        let machine = SendGridSamples.open.replacing(
            "\"sg_machine_open\":false", with: "\"sg_machine_open\":true")
        #expect(try decodeOne(machine).detail == "machine")
    }

    @Test func `one event that cannot be read loses none of the others`() throws {
        let batch = SendGridSamples.batch(
            SendGridSamples.processed, SendGridSamples.event("exploded"), SendGridSamples.delivered, "7",
            SendGridSamples.open.replacing("1769851805", with: "\"yesterday\""))
        let failure = try #require(throws: DecodeFailure.self) { try decode(batch) }
        #expect(failure.reason == .unknownEvent)
        #expect(
            failure.detail
                == "event 2 of 5: event \"exploded\" is none of SendGrid that is known here; nor can 2 others be read"
        )
        #expect(failure.events.map(\.kind) == [.accepted, .delivered])
        #expect(
            failure.events
                == (try decode(SendGridSamples.batch(SendGridSamples.processed, SendGridSamples.delivered))))
    }

    private static let junk: [(String, DecodeFailure.Reason)] = [
        ("{}", .wrongType), ("7", .wrongType), ("[7]", .wrongType),
        ("[[]]", .wrongType),
        ("[{}]", .missingField), ("[{\"event\":7}]", .wrongType),
        ("[{\"event\":\"exploded\"}]", .unknownEvent),
        ("[{\"event\":\"open\"}]", .missingField),
        ("[{\"event\":\"open\",\"sg_event_id\":\"\"}]", .missingField),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\"}]", .missingField),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":\"1\"}]", .wrongType),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":1.5}]", .wrongType),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":-1}]", .badTime),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":1769851805000}]", .badTime),
        ("[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":1}]", .missingField),
        (
            "[{\"event\":\"open\",\"sg_event_id\":\"1\",\"timestamp\":1,\"email\":\"a@b.example\"}]",
            .missingField
        ),
        ("[", .malformedJSON), ("", .malformedJSON),
    ]

    @Test(arguments: junk)
    func `what SendGrid does not send is refused with its reason`(body: String, reason: DecodeFailure.Reason)
    {
        #expect(refusal(SendGrid.self, body) == reason)
    }

    @Test func `a batch that is too long is refused whole, with its size`() throws {
        let long = "[" + Array(repeating: "7", count: 20_001).joined(separator: ",") + "]"
        let failure = try #require(throws: DecodeFailure.self) { try decode(long) }
        #expect(failure == DecodeFailure(.tooLarge, "the batch has 20001 events, and one may have 20000"))
        let large = [UInt8](repeating: 0x20, count: (4 << 20) + 1)
        #expect(refusal(SendGrid.self, large) == .tooLarge)
        let many = Array(repeating: SendGridSamples.open, count: 1_000).joined(separator: ",")
        #expect(try decode("[\(many)]").count == 1_000)
    }
}
