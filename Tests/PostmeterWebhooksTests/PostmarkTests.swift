import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct PostmarkTests {
    private static let mail = "5c2b1f0a-7d3e-4a6b-9c8d-1e2f3a4b5c6d"

    @Test func `a delivery is read whole, to the tenth of a microsecond`() throws {
        let event = try decodeOne(Postmark.self, PostmarkSamples.delivery)
        #expect(event.id.hasPrefix("Delivery-"))
        #expect(event.id.utf8.count == 41)
        #expect(
            event
                == MailEvent(
                    kind: .delivered,
                    provider: .postmark,
                    id: event.id,
                    time: UnixTime(nanoseconds: 1_769_851_805_250_000_100),
                    messageID: Self.mail,
                    recipients: ["jo@customer.example"],
                    mailbox: "Triage@support.acme.example"
                )
        )
    }

    @Test(
        arguments: [
            (PostmarkSamples.delivery, MailEventKind.delivered), (PostmarkSamples.open, .opened),
            (PostmarkSamples.click(), .clicked), (PostmarkSamples.bounce(), .bounced),
            (PostmarkSamples.complaint, .complained), (PostmarkSamples.subscription(), .unsubscribed),
            (PostmarkSamples.inbound, .received),
        ]
    )
    func `each record has its kind and counts once`(body: String, kind: MailEventKind) throws {
        let event = try decodeOne(Postmark.self, body)
        #expect(event.kind == kind)
        #expect(event.count == 1)
        #expect(!event.messageID.isEmpty)
        #expect((event.bounce != nil) == (kind == .bounced))
    }

    @Test func `a mail without the metadata names no mailbox of ours`() throws {
        let plain = PostmarkSamples.delivery.replacing("\"agent\"", with: "\"other\"")
        #expect(try decodeOne(Postmark.self, plain).mailbox == "")
        let word = PostmarkSamples.delivery.replacing("Triage@Support.acme.example", with: "triage")
        #expect(try decodeOne(Postmark.self, word).mailbox == "triage")
        let null = PostmarkSamples.delivery.replacing(
            "{\"agent\":\"Triage@Support.acme.example\",\"case\":\"4711\"}",
            with: "null"
        )
        #expect(try decodeOne(Postmark.self, null).mailbox == "")
    }

    @Test func `a hard bounce has its reason, its sender and no address in what it quotes`() throws {
        let event = try decodeOne(Postmark.self, PostmarkSamples.bounce())
        #expect(event.id == "bounce-692560173")
        #expect(event.time == UnixTime(nanoseconds: 1_769_851_805_250_000_000))
        #expect(event.sender == "triage@support.acme.example")
        #expect(event.recipients == ["jo@customer.example"])
        #expect(event.detail == "HardBounce")
        #expect(
            event.bounce
                == Bounce(
                    class: .hard,
                    reason: .invalidRecipient,
                    diagnostic: "smtp;550 5.1.1 <_@customer.example>: user unknown"
                )
        )
    }

    @Test(
        arguments: [
            ("HardBounce", 1, MailEventKind.bounced), ("SoftBounce", 4_096, .bounced),
            ("VirusNotification", 8_192, .bounced), ("Unknown", 2_048, .bounced),
            ("Transient", 2, .deferred), ("DnsError", 256, .deferred), ("OpenRelayTest", 1_024, .deferred),
            ("ManuallyDeactivated", 100_002, .suppressed), ("Blocked", 100_006, .rejected),
            ("BadEmailAddress", 100_000, .rejected), ("DMARCPolicy", 100_009, .rejected),
            ("SpamNotification", 512, .rejected), ("Unconfirmed", 100_003, .rejected),
            ("SMTPApiError", 100_007, .failed), ("TemplateRenderingFailed", 100_010, .failed),
            ("SpamComplaint", 100_001, .complained), ("AutoResponder", 64, .autoresponded),
            ("AddressChange", 128, .autoresponded), ("ChallengeVerification", 16_384, .autoresponded),
            ("Unsubscribe", 16, .unsubscribed),
        ]
    )
    func `each type of bounce has its kind, by its name or else by its code`(
        type: String,
        code: Int,
        kind: MailEventKind
    ) throws {
        let named = try decodeOne(Postmark.self, PostmarkSamples.bounce(type, code: 77))
        #expect(named.kind == kind)
        #expect((named.bounce != nil) == (kind == .bounced || kind == .deferred))
        #expect(try decodeOne(Postmark.self, PostmarkSamples.bounce("Renamed", code: code)) == named)
    }

    @Test(arguments: [("Subscribe", 32), ("InboundError", 100_008)])
    func `types that are about no mail that was sent are read as none`(type: String, code: Int) throws {
        #expect(try decode(Postmark.self, PostmarkSamples.bounce(type, code: code)).isEmpty)
    }

    @Test(
        arguments: [
            ("HardBounce", "smtp;550 5.1.1 no such user", Bounce.Class.hard, Bounce.Reason.invalidRecipient),
            ("HardBounce", "", .hard, .other),
            ("SoftBounce", "smtp;452 4.2.2 over quota", .soft, .mailboxFull),
            ("SoftBounce", "smtp;554 5.4.4 no host", .hard, .badDomain),
            ("VirusNotification", "smtp;550 5.1.1 refused", .soft, .spamContent),
            ("Unknown", "", .soft, .other),
            ("Unknown", "smtp;550 5.1.1 no such user", .hard, .invalidRecipient),
            ("Transient", "smtp;451 4.7.1 greylisted", .soft, .rateLimited),
        ]
    )
    func `bounces are classified by what the receiving server said`(
        type: String,
        details: String,
        class: Bounce.Class,
        reason: Bounce.Reason
    ) throws {
        let event = try decodeOne(Postmark.self, PostmarkSamples.bounce(type, details: details))
        #expect(event.bounce?.class == `class`)
        #expect(event.bounce?.reason == reason)
    }

    @Test func `a refusal tells why, with addresses masked`() throws {
        let blocked = PostmarkSamples.bounce("Blocked", details: "smtp;550 jo@customer.example\\nis blocked")
        #expect(try decodeOne(Postmark.self, blocked).detail == "smtp;550 _@customer.example is blocked")
        let silent = PostmarkSamples.bounce("SMTPApiError", details: "")
        #expect(try decodeOne(Postmark.self, silent).detail == "SMTPApiError")
    }

    @Test func `an automatic answer comes from whom the mail went to`() throws {
        let event = try decodeOne(Postmark.self, PostmarkSamples.bounce("AutoResponder"))
        #expect(event.sender == "jo@customer.example")
        #expect(event.recipients == ["triage@support.acme.example"])
    }

    @Test(arguments: [
        (true, "HardBounce", "Recipient"), (true, "SpamComplaint", "Recipient"),
        (false, "ManualSuppression", "Recipient"), (true, "ManualSuppression", "Customer"),
        (true, "ManualSuppression", "Admin"),
    ])
    func `a change of the suppression list is an event only when a recipient asked for no more`(
        suppress: Bool,
        reason: String,
        origin: String
    ) throws {
        let body = PostmarkSamples.subscription(suppress: suppress, reason: reason, origin: origin)
        #expect(try decode(Postmark.self, body).isEmpty)
    }

    @Test func `a change that no mail led to needs no mail`() throws {
        let body = PostmarkSamples.subscription().replacing("\"\(Self.mail)\"", with: "null")
        let event = try decodeOne(Postmark.self, body)
        #expect(event.messageID == "")
        #expect(event.kind == .unsubscribed)
        #expect(event.detail == "Recipient")
    }

    @Test func `an inbound mail has its identifiers, its thread and all its recipients`() throws {
        let event = try decodeOne(Postmark.self, PostmarkSamples.inbound)
        #expect(
            event
                == MailEvent(
                    kind: .received,
                    provider: .postmark,
                    id: "inbound-73e6d360-66eb-11e1-8e72-a8904824019b",
                    time: UnixTime(seconds: 0),
                    messageID: "73e6d360-66eb-11e1-8e72-a8904824019b",
                    internetMessageID: "CAF+1234@mail.customer.example",
                    inReplyTo: "second@support.acme.example",
                    conversationID: "root@support.acme.example",
                    sender: "jo@customer.example",
                    recipients: ["triage+4711@support.acme.example", "boss@customer.example"],
                    mailbox: "triage+4711@support.acme.example"
                )
        )
    }

    @Test func `mail that is forwarded to Postmark's own address is that of its recipients`() throws {
        let body = PostmarkSamples.inbound.replacing(
            "\"OriginalRecipient\":\"triage+4711@support.acme.example\"",
            with: "\"OriginalRecipient\":\"0a1b2c@Inbound.postmarkapp.com\""
        )
        let event = try decodeOne(Postmark.self, body)
        #expect(event.mailbox == "")
        #expect(event.recipients.first == "triage+4711@support.acme.example")
    }

    @Test func `the same event has the same id, and each other one another`() throws {
        let delivery = try decodeOne(Postmark.self, PostmarkSamples.delivery)
        let again = PostmarkSamples.delivery.replacing("2.0.0 OK", with: "2.0.0 ok, again")
        #expect(try decodeOne(Postmark.self, again).id == delivery.id)
        // A complaint that is told as a bounce as well is one event.
        let told = PostmarkSamples.complaint.replacing(
            "\"RecordType\":\"SpamComplaint\"",
            with: "\"RecordType\":\"Bounce\""
        )
        let complaint = try decodeOne(Postmark.self, PostmarkSamples.complaint)
        #expect(try decodeOne(Postmark.self, told).id == complaint.id)

        let others = [
            PostmarkSamples.delivery.replacing("05.2500001", with: "05.2500002"),
            PostmarkSamples.delivery.replacing("jo@", with: "al@"),
            PostmarkSamples.delivery.replacing(Self.mail, with: "5c2b1f0a-7d3e-4a6b-9c8d-1e2f3a4b5c6e"),
            PostmarkSamples.open,
            PostmarkSamples.open.replacing("\"Open\"", with: "\"Click\""),
            PostmarkSamples.click("https://acme.example/a"), PostmarkSamples.click("https://acme.example/b"),
            PostmarkSamples.subscription(), PostmarkSamples.inbound, PostmarkSamples.bounce(),
            PostmarkSamples.bounce().replacing("692560173", with: "692560174"),
            PostmarkSamples.bounce().replacing("692560173", with: "null"),
        ]
        let ids = try others.map { try decodeOne(Postmark.self, $0).id } + [delivery.id, complaint.id]
        #expect(Set(ids).count == ids.count)
        #expect(!ids.contains { $0.contains("@") })
    }

    @Test(
        arguments: [
            ("{}", DecodeFailure.Reason.missingField), ("[]", .wrongType), ("{\"RecordType\":7}", .wrongType),
            ("{\"RecordType\":null}", .missingField), ("{\"RecordType\":\"Invented\"}", .unknownEvent),
            ("{\"RecordType\":\"Delivery\"}", .missingField),
            ("{\"RecordType\":\"Delivery\",\"DeliveredAt\":\"yesterday\"}", .badTime),
            ("{\"RecordType\":\"Delivery\",\"DeliveredAt\":\"2026-01-31T09:30:05.1234567\"}", .badTime),
            ("{\"RecordType\":\"Delivery\",\"DeliveredAt\":\"2026-01-31T09:30:05Z\"}", .missingField),
            (
                PostmarkSamples.delivery.replacing("\"5c2b1f0a-7d3e-4a6b-9c8d-1e2f3a4b5c6d\"", with: "null"),
                .missingField
            ),
            (PostmarkSamples.delivery.replacing("\"Recipient\"", with: "\"R\""), .missingField),
            (PostmarkSamples.bounce("Renamed", code: 77), .unknownEvent),
            ("{\"FromFull\":{\"Email\":\"a@b.example\"}}", .missingField),
            ("{\"FromFull\":null,\"MessageID\":\"1\"}", .missingField),
        ]
    )
    func `what Postmark does not send is refused with its reason`(body: String, reason: DecodeFailure.Reason)
    {
        #expect(refusal(Postmark.self, body) == reason)
    }
}
