import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct ResendTests {
    /// 2026-01-31T09:30:05.250Z.
    private let time = UnixTime(nanoseconds: 1_769_851_805_250_000_000)

    @Test func `a delivery is read whole`() throws {
        let event = try decodeOne(Resend.self, Samples.resend("email.delivered"))
        #expect(
            event
                == MailEvent(
                    kind: .delivered,
                    provider: .resend,
                    id: "msg_1",
                    time: time,
                    messageID: "0f2b6d1e-8c4a-4f7e-9a35-6b1d2c3e4f50",
                    sender: "triage@support.acme.example",
                    recipients: ["jo@customer.example"]
                )
        )
    }

    @Test(arguments: [
        ("email.sent", MailEventKind.sent), ("email.scheduled", .accepted), ("email.delivered", .delivered),
        ("email.delivery_delayed", .deferred), ("email.bounced", .bounced), ("email.complained", .complained),
        ("email.opened", .opened), ("email.clicked", .clicked), ("email.failed", .failed),
        ("email.suppressed", .suppressed), ("email.received", .received),
    ])
    func `each event name has its kind and counts once`(name: String, kind: MailEventKind) throws {
        let event = try decodeOne(Resend.self, Samples.resend(name))
        #expect(event.kind == kind)
        #expect(event.count == 1)
        #expect((event.bounce != nil) == (kind == .bounced))
    }

    @Test(arguments: [
        "contact.created", "contact.updated", "contact.deleted", "domain.created", "domain.updated",
        "domain.deleted",
    ])
    func `events that concern no mail are read as none`(name: String) throws {
        #expect(try decode(Resend.self, "{\"type\":\"\(name)\",\"data\":{}}").isEmpty)
    }

    @Test func `a mail with several recipients counts once, as its outcomes do not name one`() throws {
        let body = Samples.resend("email.sent").replacing(
            "[\"jo@customer.example\"]",
            with: "[\"jo@customer.example\",\"Al <al@B.example>\"]"
        )
        let event = try decodeOne(Resend.self, body)
        #expect(event.recipients == ["jo@customer.example", "al@b.example"])
        #expect(event.count == 1)
    }

    @Test func `an inbound mail has its identifiers, its thread and all its recipients`() throws {
        let event = try decodeOne(Resend.self, Samples.resendReceived)
        #expect(event.kind == .received)
        #expect(event.sender == "jo@customer.example")
        #expect(event.recipients == ["triage@support.acme.example", "boss@customer.example"])
        #expect(event.messageID == "7d9c3b52-1111-4222-8333-944455556666")
        #expect(event.internetMessageID == "CAF+1234@mail.customer.example")
        #expect(event.inReplyTo == "0102019-ours@email.amazonses.com")
        #expect(event.conversationID == "root@support.acme.example")
    }

    @Test func `without In-Reply-To the last reference is what a mail answers`() throws {
        let body = Samples.resendReceived.replacing("In-Reply-To", with: "X-Other")
        #expect(try decodeOne(Resend.self, body).inReplyTo == "0102019-ours@email.amazonses.com")
    }

    @Test func `headers are found as an object of any case too`() throws {
        let event = try decodeOne(
            Resend.self,
            Samples.resend("email.sent", ",\"headers\":{\"IN-REPLY-TO\":\" <a@b.example>\"}")
        )
        #expect(event.inReplyTo == "a@b.example")
    }

    @Test func `a hard bounce has its reason, and no address in what it quotes`() throws {
        let event = try decodeOne(Resend.self, Samples.resendBounced)
        #expect(
            event.bounce
                == Bounce(
                    class: .hard,
                    reason: .invalidRecipient,
                    diagnostic: "smtp; 550 5.1.1 <_@customer.example>: user unknown"
                )
        )
        #expect(event.detail == "NoEmail")
    }

    @Test(arguments: [
        (
            #"{"type":"Transient","subType":"MailboxFull","message":"x"}"#, Bounce.Class.soft,
            Bounce.Reason.mailboxFull
        ),
        (#"{"type":"Undetermined","subType":"Undetermined","message":"x"}"#, .soft, .other),
        (#"{"type":"Permanent","subType":"General","message":"x"}"#, .hard, .other),
        (
            #"{"type":"Transient","subType":"General","message":"x","diagnosticCode":["554 5.4.4 no host"]}"#,
            .hard, .badDomain
        ),
        (#"{"message":"The mailbox is full."}"#, .soft, .mailboxFull),
        (#"{"message":"The recipient's mail server refused it."}"#, .hard, .other),
        (
            #"{"type":7,"subType":null,"message":[],"diagnosticCode":"smtp; 550 5.1.1 no such user"}"#, .hard,
            .invalidRecipient
        ),
        ("null", .hard, .other), ("[]", .hard, .other), ("{}", .hard, .other),
    ])
    func `bounces are classified whatever is missing`(
        bounce: String,
        class: Bounce.Class,
        reason: Bounce.Reason
    ) throws {
        let event = try decodeOne(Resend.self, Samples.resend("email.bounced", ",\"bounce\":\(bounce)"))
        #expect(event.kind == .bounced)
        #expect(event.bounce?.class == `class`)
        #expect(event.bounce?.reason == reason)
    }

    @Test(arguments: ["Suppressed", "OnAccountSuppressionList"])
    func `a bounce off a suppression list is a suppression`(word: String) throws {
        let event = try decodeOne(
            Resend.self,
            Samples.resend("email.bounced", ",\"bounce\":{\"type\":\"Permanent\",\"subType\":\"\(word)\"}")
        )
        #expect(event.kind == .suppressed)
        #expect(event.bounce == nil)
        #expect(event.detail == word)
    }

    @Test func `a failure and a suppression keep the platform's word`() throws {
        let failed = try decodeOne(
            Resend.self,
            Samples.resend("email.failed", ",\"failed\":{\"reason\":\"reached_daily_quota\"}")
        )
        #expect(failed.detail == "reached_daily_quota")
        let suppressed = try decodeOne(
            Resend.self,
            Samples.resend("email.suppressed", ",\"suppressed\":{\"reason\":\"previous_complaint\"}")
        )
        #expect(suppressed.detail == "previous_complaint")
    }

    @Test func `the time may be written as SQL does`() throws {
        let body = Samples.resend("email.sent").replacing(
            "2026-01-31T09:30:05.250Z",
            with: "2026-01-31 10:30:05.25+01"
        )
        #expect(try decodeOne(Resend.self, body).time == time)
    }

    @Test(arguments: [
        ("{\"type\":\"email.invented\"}", DecodeFailure.Reason.unknownEvent),
        ("{\"type\":7}", .wrongType), ("{}", .missingField), ("[]", .wrongType),
        ("\"email.sent\"", .wrongType),
        ("{\"type\":\"email.sent\"}", .missingField),
        ("{\"type\":\"email.sent\",\"created_at\":\"yesterday\"}", .badTime),
        ("{\"type\":\"email.sent\",\"created_at\":\"2026-01-31T09:30:05Z\"}", .missingField),
        ("{\"type\":\"email.sent\",\"created_at\":\"2026-01-31T09:30:05Z\",\"data\":[]}", .wrongType),
        (
            "{\"type\":\"email.sent\",\"created_at\":\"2026-01-31T09:30:05Z\",\"data\":{\"email_id\":\"\"}}",
            .missingField
        ),
    ])
    func `what Resend does not send is refused with its reason`(body: String, reason: DecodeFailure.Reason) {
        #expect(refusal(Resend.self, body) == reason)
    }

    @Test func `without an event id there is no event`() {
        let body = Array(Samples.resend("email.sent").utf8)
        #expect(throws: DecodeFailure.self) {
            try withPadding(body) { bytes in
                try Resend.decode(
                    AcceptedWebhook(
                        headers: WebhookHeaders(), body: bytes, acceptedAt: UnixTime(seconds: 0)),
                    with: JSONParser()
                )
            }
        }
    }
}
