import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct AgentMailTests {
    /// 2026-01-31T09:30:05Z.
    private let time = UnixTime(seconds: 1_769_851_805)

    @Test func `a delivery is read whole`() throws {
        let event = try decodeOne(
            AgentMail.self,
            Samples.agentmail(
                "message.delivered",
                "delivery",
                ",\"recipients\":[\"a@x.example\",\"b@y.example\"]"
            )
        )
        #expect(
            event
                == MailEvent(
                    kind: .delivered,
                    provider: .agentmail,
                    id: "msg_1",
                    time: time,
                    messageID: "0102-ours@agentmail.to",
                    internetMessageID: "0102-ours@agentmail.to",
                    conversationID: "thd_1",
                    sender: "triage@acme.agentmail.to",
                    recipients: ["a@x.example", "b@y.example"],
                    mailbox: "triage@acme.agentmail.to",
                    count: 2
                )
        )
    }

    @Test func `each documented event has its kind, count and word`() throws {
        let read = try Samples.agentmailAll.flatMap { try decode(AgentMail.self, $0) }
        #expect(
            read.map { "\($0.kind.rawValue) \($0.count) \($0.detail)" } == [
                "received 1 ", "received 1 spam", "received 1 blocked", "received 1 unauthenticated",
                "sent 3 ", "delivered 2 ", "opened 1 ", "bounced 1 General", "complained 1 abuse",
                "rejected 1 Invalid recipient address _@x.example",
            ]
        )
    }

    @Test func `an inbound mail has its identifiers, its thread and all its recipients`() throws {
        let event = try decodeOne(AgentMail.self, Samples.agentmailReceived())
        #expect(
            event
                == MailEvent(
                    kind: .received,
                    provider: .agentmail,
                    id: "msg_1",
                    time: UnixTime(nanoseconds: 1_769_851_805_123_456_000),
                    messageID: "in-1@customer.example",
                    internetMessageID: "in-1@customer.example",
                    inReplyTo: "0102-ours@agentmail.to",
                    conversationID: "thd_2",
                    sender: "jo@customer.example",
                    recipients: ["triage@acme.agentmail.to", "boss@customer.example"],
                    mailbox: "triage@acme.agentmail.to"
                )
        )
    }

    @Test(arguments: [
        (#"{"name":"Jo","email":"jo@c.example"}"#, "jo@c.example"),
        (#"[{"name":"Jo","email":"jo@c.example"}]"#, "jo@c.example"),
        (#"["Jo <jo@c.example>","al@c.example"]"#, "jo@c.example"),
        (#"{"name":"Jo","address":"jo@C.example"}"#, "jo@c.example"),
        ("[]", ""), ("{}", ""), ("7", ""), ("[[\"jo@c.example\"]]", ""), ("\"nobody\"", ""),
    ])
    func `a sender may be a string, an object or a list`(from: String, sender: String) throws {
        let body = Samples.agentmailReceived().replacing("\"Jo <jo@Customer.example>\"", with: from)
        #expect(try decodeOne(AgentMail.self, body).sender == sender)
    }

    @Test func `recipients may be objects`() throws {
        let body = Samples.agentmailReceived().replacing(
            "\"Triage <triage@acme.agentmail.to>\"",
            with: #"{"name":"Triage","email":"triage@acme.agentmail.to"}"#
        )
        #expect(
            try decodeOne(AgentMail.self, body).recipients
                == ["triage@acme.agentmail.to", "boss@customer.example"]
        )
    }

    @Test func `the references tell what a mail answers when nothing else does`() throws {
        let body = Samples.agentmailReceived().replacing("\"in_reply_to\"", with: "\"other\"")
        #expect(try decodeOne(AgentMail.self, body).inReplyTo == "0102-ours@agentmail.to")
    }

    @Test func `the headers tell what a mail answers when no field does`() throws {
        let body = Samples.agentmailReceived()
            .replacing("\"in_reply_to\"", with: "\"other\"").replacing("\"references\"", with: "\"others\"")
            .replacing("\"Auto-Submitted\":\"no\"", with: "\"References\":\"<a@b> <c@d>\"")
        #expect(try decodeOne(AgentMail.self, body).inReplyTo == "c@d")
    }

    @Test func `an inbox id that is no address is kept as it is`() throws {
        let body = Samples.agentmail("message.opened", "open").replacing(
            "triage@acme.agentmail.to",
            with: "inbox_456"
        )
        let event = try decodeOne(AgentMail.self, body)
        #expect(event.mailbox == "inbox_456")
        #expect(event.sender.isEmpty)
    }

    @Test func `a platform id that is no Message-ID is not taken for one`() throws {
        let body = Samples.agentmail("message.opened", "open").replacing(
            "<0102-ours@agentmail.to>",
            with: "msg_123"
        )
        let event = try decodeOne(AgentMail.self, body)
        #expect(event.messageID == "msg_123")
        #expect(event.internetMessageID.isEmpty)
    }

    private func bounced(_ type: String, _ subtype: String, _ recipients: String) throws -> [MailEvent] {
        try decode(
            AgentMail.self,
            Samples.agentmail(
                "message.bounced",
                "bounce",
                ",\"type\":\"\(type)\",\"sub_type\":\"\(subtype)\",\"recipients\":\(recipients)"
            )
        )
    }

    @Test func `recipients that bounced alike are one event`() throws {
        let events = try bounced(
            "Permanent",
            "General",
            #"[{"address":"a@x.example","status":"5.1.1"},{"address":"b@x.example","status":"5.1.1"}]"#
        )
        #expect(events.count == 1)
        #expect(events[0].count == 2)
        #expect(events[0].recipients == ["a@x.example", "b@x.example"])
        #expect(events[0].bounce?.class == .hard)
        #expect(events[0].bounce?.reason == .invalidRecipient)
    }

    @Test func `recipients that bounced differently are an event each, with ids that last`() throws {
        let recipients = """
            [{"address":"a@x.example","status":"4.2.2"},{"address":"b@nowhere.example","status":"5.4.4"},\
            {"address":"c@x.example","status":"4.2.2"}]
            """
        let events = try bounced("Transient", "General", recipients)
        #expect(events.map(\.id) == ["msg_1", "msg_1#2"])
        #expect(events.map(\.count) == [2, 1])
        #expect(events.map { $0.bounce?.class } == [.soft, .hard])
        #expect(events.map { $0.bounce?.reason } == [.mailboxFull, .badDomain])
        #expect(events == (try bounced("Transient", "General", recipients)))
    }

    @Test func `a bounce off a suppression list is a suppression of each recipient`() throws {
        let events = try bounced(
            "Permanent",
            "OnAccountSuppressionList",
            #"[{"address":"a@x.example","status":"5.1.1"},{"address":"b@x.example","status":"5.1.1"}]"#
        )
        #expect(events.map(\.kind) == [.suppressed])
        #expect(events[0].count == 2)
        #expect(events[0].bounce == nil)
    }

    @Test(arguments: ["[]", "null", "7", "{}", "\"a@x.example\"", "[null]", "[\"a@x.example\"]"])
    func `a bounce counts for one when its recipients cannot be read`(recipients: String) throws {
        let events = try bounced("Permanent", "General", recipients)
        #expect(events.map(\.kind) == [.bounced])
        #expect(events[0].count == 1)
        #expect(events[0].bounce?.class == .hard)
    }

    @Test func `a complaint that says not spam is none`() throws {
        let body = Samples.agentmail("message.complained", "complaint", ",\"type\":\"not-spam\"")
        #expect(try decode(AgentMail.self, body).isEmpty)
    }

    @Test(arguments: [
        ("{\"event_type\":\"message.invented\"}", DecodeFailure.Reason.unknownEvent),
        ("{\"type\":\"message.sent\"}", .missingField), ("{\"event_type\":[]}", .wrongType),
        ("[]", .wrongType),
        ("{\"event_type\":\"message.sent\"}", .missingField),
        ("{\"event_type\":\"message.sent\",\"send\":\"x\"}", .wrongType),
        ("{\"event_type\":\"message.sent\",\"send\":{\"timestamp\":1769851805}}", .wrongType),
        ("{\"event_type\":\"message.sent\",\"send\":{\"timestamp\":\"1769851805\"}}", .badTime),
        (
            "{\"event_type\":\"message.sent\",\"send\":{\"timestamp\":\"2026-01-31T09:30:05Z\"}}",
            .missingField
        ),
    ])
    func `what AgentMail does not send is refused with its reason`(
        body: String,
        reason: DecodeFailure.Reason
    ) {
        #expect(refusal(AgentMail.self, body) == reason)
    }
}
