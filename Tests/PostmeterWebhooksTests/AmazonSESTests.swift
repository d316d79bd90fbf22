import PostmeterMail
import PostmeterModel
import PostmeterWebhooks
import Testing

@Suite struct AmazonSESTests {
    private func events(_ document: String, options: WebhookOptions = WebhookOptions()) throws -> [MailEvent]
    {
        try decode(
            AmazonSES.self, Array(SESSamples.notification(document).utf8), headers: [], options: options)
    }

    private func event(_ document: String, options: WebhookOptions = WebhookOptions()) throws -> MailEvent {
        let events = try events(document, options: options)
        guard events.count == 1 else { throw UnexpectedCount(events: events) }
        return events[0]
    }

    @Test func `a delivery is read whole out of its envelope`() throws {
        let event = try event(SESSamples.delivery)
        #expect(event.id.hasPrefix("Delivery-"))
        #expect(event.id.utf8.count == 41)
        #expect(
            event
                == MailEvent(
                    kind: .delivered,
                    provider: .ses,
                    id: event.id,
                    time: UnixTime(nanoseconds: 1_769_851_805_250_000_000),
                    messageID: SESSamples.mailID,
                    internetMessageID: "own-1@support.acme.example",
                    inReplyTo: "q@customer.example",
                    conversationID: "root@customer.example",
                    sender: "Triage@support.acme.example",
                    recipients: ["jo@customer.example", "al@customer.example"],
                    count: 2
                )
        )
    }

    @Test(
        arguments: [
            (SESSamples.send, MailEventKind.sent, 2, 1_769_851_800_125_000_000 as UInt64),
            (SESSamples.delivery, .delivered, 2, 1_769_851_805_250_000_000),
            (SESSamples.bounce(), .bounced, 1, 1_769_851_806_500_000_000),
            (SESSamples.complaint(), .complained, 1, 1_769_853_600_000_000_000),
            (SESSamples.delay(), .deferred, 1, 1_769_852_700_000_000_000),
            (SESSamples.reject, .rejected, 2, 1_769_851_800_125_000_000),
            (SESSamples.failure, .failed, 2, 1_769_851_800_125_000_000),
            (SESSamples.open, .opened, 1, 1_769_851_860_000_000_000),
            (SESSamples.click(), .clicked, 1, 1_769_851_890_000_000_000),
            (SESSamples.subscription(), .unsubscribed, 1, 1_769_851_920_000_000_000),
            (SESSamples.received(), .received, 1, 1_769_852_400_000_000_000),
        ]
    )
    func `each event has its kind, its time and counts for its recipients`(
        document: String,
        kind: MailEventKind,
        count: Int,
        nanoseconds: UInt64
    ) throws {
        let event = try event(document)
        #expect(event.kind == kind)
        #expect(event.count == count)
        #expect(event.time == UnixTime(nanoseconds: nanoseconds))
        #expect((event.bounce != nil) == (kind == .bounced || kind == .deferred))
    }

    @Test func `a notification of an identity says the same as an event of a configuration set`() throws {
        #expect(try event(SESSamples.deliveryNotification) == event(SESSamples.delivery))
        #expect(
            try event(SESSamples.bounce(key: "notificationType")) == event(SESSamples.bounce())
        )
    }

    @Test func `without headers the envelope's sender stands for the agent`() throws {
        let event = try event("{\"notificationType\":\"Send\",\(SESSamples.bareMail)}")
        #expect(event.sender == "Triage@support.acme.example")
        #expect(event.internetMessageID == "" && event.inReplyTo == "" && event.mailbox == "")
        #expect(event.recipients == ["jo@customer.example"])
    }

    @Test func `a tag names the agent, by its address or its id`() throws {
        func mailbox(_ tags: String, field: String? = nil) throws -> String {
            var options = WebhookOptions()
            options.agentField = field
            let document = "{\"eventType\":\"Send\",\(SESSamples.mail(tags: tags)),\"send\":{}}"
            return try event(document, options: options).mailbox
        }
        #expect(try mailbox("\"agent\":[\"triage\"]") == "triage")
        #expect(try mailbox("\"agent\":[\"triage@Acme.example\",\"other\"]") == "triage@acme.example")
        #expect(try mailbox("\"agent\":\"triage\"") == "triage")
        #expect(try mailbox("\"agent\":[]") == "")
        #expect(try mailbox("\"worker\":[\"triage\"]") == "")
        #expect(try mailbox("\"agent\":[\"a\"],\"worker\":[\"b\"]", field: "worker") == "b")
    }

    @Test func `a bounce of several recipients is an outcome for each, one event for each reason`() throws {
        let document = SESSamples.bounce(
            "Permanent",
            "General",
            recipients: [
                SESSamples.recipient("a@x.example", "5.1.1", "smtp; 550 5.1.1 unknown"),
                SESSamples.recipient("b@x.example", "5.2.2", "smtp; 552 5.2.2 full"),
                SESSamples.recipient("c@x.example", "5.1.1", "smtp; 550 5.1.1 unknown"),
            ]
        )
        let events = try events(document)
        #expect(events.map(\.id) == ["Bounce-0101018f-feed-000000", "Bounce-0101018f-feed-000000#2"])
        #expect(events.map(\.count) == [2, 1])
        #expect(events.map(\.recipients) == [["a@x.example", "c@x.example"], ["b@x.example"]])
        #expect(events.map { $0.bounce?.reason } == [.invalidRecipient, .mailboxFull])
    }

    @Test(
        arguments: [
            (
                "Permanent", "General", "5.1.1", "smtp; 550 5.1.1 unknown", Bounce.Class.hard,
                "invalid_recipient"
            ),
            ("Permanent", "NoEmail", "5.0.0", "", .hard, "invalid_recipient"),
            ("Permanent", "General", nil, nil, .hard, "other"),
            ("Transient", "General", "4.4.7", "smtp; 554 4.4.7 Message expired", .soft, "expired"),
            ("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 over quota", .soft, "mailbox_full"),
            ("Transient", "MessageTooLarge", nil, nil, .soft, "message_too_large"),
            ("Transient", "ContentRejected", nil, nil, .soft, "spam_content"),
            ("Transient", "AttachmentRejected", nil, nil, .soft, "policy"),
            ("Undetermined", "Undetermined", nil, nil, .soft, "other"),
            // SES calls it transient, but a domain that is not there will not come.
            ("Transient", "General", "5.4.4", "smtp; 550 host not found", .hard, "bad_domain"),
            ("Transient", "General", "5.4.4", "smtp; 550 5.4.4 host not found", .hard, "bad_domain"),
        ] as [(String, String, String?, String?, Bounce.Class, String)]
    )
    func `a bounce has the class that Amazon says and its reason`(
        type: String,
        subType: String,
        status: String?,
        diagnostic: String?,
        class: Bounce.Class,
        reason: String
    ) throws {
        let document = SESSamples.bounce(
            type,
            subType,
            recipients: [SESSamples.recipient("jo@customer.example", status, diagnostic)]
        )
        let bounce = try event(document).bounce
        #expect(bounce?.class == `class`)
        #expect(bounce?.reason.rawValue == reason)
    }

    @Test func `what a server said of a bounce is kept without the address`() throws {
        #expect(
            try event(SESSamples.bounce()).bounce?.diagnostic
                == "smtp; 550 5.1.1 <_@customer.example>: unknown"
        )
    }

    @Test(arguments: ["Suppressed", "OnAccountSuppressionList"])
    func `mail to those on a suppression list is suppressed, not bounced`(subType: String) throws {
        let two = [
            SESSamples.recipient("a@x.example", "5.1.1", nil), SESSamples.recipient("b@x.example", nil, nil),
        ]
        let event = try event(SESSamples.bounce("Permanent", subType, recipients: two))
        #expect(event.kind == .suppressed)
        #expect(event.count == 2)
        #expect(event.bounce == nil)
        #expect(event.detail == subType)
    }

    @Test func `a bounce without recipients is one`() throws {
        let event = try event(SESSamples.bounce("Permanent", "General", recipients: []))
        #expect(event.kind == .bounced && event.count == 1 && event.recipients.isEmpty)
        #expect(event.bounce?.class == .hard)
    }

    @Test func `a complaint counts once, whoever may have made it`() throws {
        let event = try event(SESSamples.complaint())
        #expect(event.id == "Complaint-0101018f-beef-000000")
        #expect(event.count == 1)
        #expect(event.recipients == ["jo@customer.example", "al@customer.example"])
        #expect(event.detail == "abuse")
        #expect(try self.event(SESSamples.complaint(type: "null")).detail == "")
    }

    @Test func `"not spam" is no complaint`() throws {
        #expect(try events(SESSamples.complaint(type: "\"not-spam\"")).isEmpty)
    }

    @Test func `a complaint of the suppression list was never sent`() throws {
        let event = try event(SESSamples.complaint(type: "null", subType: "\"OnAccountSuppressionList\""))
        #expect(event.kind == .suppressed)
        #expect(event.count == 2)
        #expect(event.detail == "OnAccountSuppressionList")
    }

    @Test(
        arguments: [
            ("MailboxFull", "4.2.2", "mailbox_full"), ("SpamDetected", "4.7.0", "spam_block"),
            ("IPFailure", "4.7.1", "spam_block"), ("TransientCommunicationFailure", "4.0.0", "connection"),
            ("General", "4.7.28", "rate_limited"), ("Undetermined", "4.0.0", "other"),
        ]
    )
    func `a delay has its reason`(type: String, status: String, reason: String) throws {
        let event = try event(SESSamples.delay(type, status: status))
        #expect(event.detail == type)
        #expect(event.bounce?.class == .soft)
        #expect(event.bounce?.reason.rawValue == reason)
    }

    @Test func `a refusal tells why, with addresses masked`() throws {
        #expect(try event(SESSamples.reject).detail == "Bad content")
        #expect(
            try event(SESSamples.failure).detail == "Attribute 'name' of _@customer.example is not present.")
    }

    @Test func `what was opened or clicked names its recipient only where there is one`() throws {
        #expect(try event(SESSamples.open).recipients.isEmpty)
        let mail = SESSamples.mail(destination: "[\"jo@customer.example\"]")
        let one = SESSamples.open.replacing(SESSamples.mail, with: mail)
        #expect(try event(one).recipients == ["jo@customer.example"])
    }

    @Test func `a change of subscriptions counts when it takes something off`() throws {
        #expect(try event(SESSamples.subscription(all: false, now: "OptOut")).kind == .unsubscribed)
        #expect(try events(SESSamples.subscription(all: false, now: "OptIn", before: "OptOut")).isEmpty)
        #expect(try events(SESSamples.subscription(all: false, now: "OptOut", before: "OptOut")).isEmpty)
    }

    @Test func `a mail that came in belongs to the recipient that the receipt rule took it for`() throws {
        let event = try event(SESSamples.received())
        #expect(event.id.hasPrefix("Received-"))
        #expect(
            event
                == MailEvent(
                    kind: .received,
                    provider: .ses,
                    id: event.id,
                    time: UnixTime(nanoseconds: 1_769_852_400_000_000_000),
                    messageID: "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
                    internetMessageID: "CAF+1234@mail.customer.example",
                    inReplyTo: "\(SESSamples.mailID)@us-west-2.amazonses.com",
                    sender: "jo@customer.example",
                    recipients: ["triage+4711@support.acme.example"]
                )
        )
    }

    @Test(
        arguments: [
            ("abc-000000@email.amazonses.com", "abc-000000"),
            ("abc-000000@EU-west-1.AmazonSES.com", "abc-000000"), ("abc@amazonses.com.example", nil),
            ("abc@notamazonses.com", nil), ("@email.amazonses.com", nil), ("abc", nil), ("", nil),
        ] as [(String, String?)]
    )
    func `only Message-IDs that SES made tell the id of the mail`(id: String, expected: String?) {
        #expect(AmazonSES.messageID(fromInternet: id) == expected)
    }

    @Test func `mail that a machine sent by itself is known`() throws {
        #expect(try !event(SESSamples.received()).isAutomatic)
        let automatic = SESSamples.received().replacing(
            "{\"name\":\"In-Reply-To\"",
            with: "{\"name\":\"Auto-Submitted\",\"value\":\"auto-replied\"},{\"name\":\"In-Reply-To\""
        )
        #expect(try event(automatic).isAutomatic)
    }

    @Test func `an inbound mail tells the first verdict that it failed`() throws {
        func detail(_ spam: String, _ virus: String, _ dmarc: String) throws -> String {
            try event(SESSamples.received(verdicts: (spam, virus, dmarc))).detail
        }
        #expect(try detail("PASS", "PASS", "PASS") == "")
        #expect(try detail("FAIL", "FAIL", "FAIL") == "virus")
        #expect(try detail("FAIL", "PASS", "FAIL") == "spam")
        #expect(try detail("GRAY", "PROCESSING_FAILED", "FAIL") == "unauthenticated")
    }

    @Test func `what SES publishes to try the topic is no event`() throws {
        #expect(try events("Successfully validated SNS topic for Amazon SES event publishing.").isEmpty)
        #expect(
            try events(
                "{\"notificationType\":\"AmazonSnsSubscriptionSucceeded\",\"message\":\"You have subscribed.\"}"
            ).isEmpty
        )
    }

    @Test(arguments: ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
    func `the confirmations of SNS are no events`(type: String) throws {
        let body = SESSamples.notification(SESSamples.send).replacing("\"Notification\"", with: "\"\(type)\"")
        #expect(try decode(AmazonSES.self, body).isEmpty)
    }

    @Test func `the same event has the same id, and each other one another`() throws {
        let first = try decodeOne(AmazonSES.self, SESSamples.notification(SESSamples.delivery, id: "a"))
        let second = try decodeOne(AmazonSES.self, SESSamples.notification(SESSamples.delivery, id: "b"))
        #expect(first.id == second.id)
        let others =
            SESSamples.all + [
                SESSamples.delivery.replacing("05.250", with: "05.251"),
                SESSamples.delivery.replacing(",\"al@customer.example\"],\"smtp", with: "],\"smtp"),
                SESSamples.send.replacing(SESSamples.mailID, with: "0101-other"),
                SESSamples.click("https://acme.example/b"),
                SESSamples.open.replacing("192.0.2.9", with: "192.0.2.10"),
                SESSamples.bounce(feedback: ""),
                SESSamples.bounce(feedback: "\"feedbackId\":\"\",").replacing("06.500", with: "06.501"),
                SESSamples.delay().replacing(
                    "jo@customer.example\",\"status", with: "al@x.example\",\"status"),
                SESSamples.received().replacing("triage+4711@", with: "other@"),
            ]
        let ids = try others.map { try event($0).id }
        #expect(Set(ids).count == ids.count)
        #expect(!ids.contains { $0.contains("@") })
    }

    @Test(
        arguments: [
            ("{}", DecodeFailure.Reason.missingField), ("[]", .wrongType), ("x", .malformedJSON),
            ("", .malformedJSON), ("{\"eventType\":7}", .wrongType),
            ("{\"eventType\":\"Invented\"}", .unknownEvent), ("{\"eventType\":\"Send\"}", .missingField),
            ("{\"eventType\":\"Send\",\"mail\":[]}", .wrongType),
            ("{\"eventType\":\"Send\",\"mail\":{\"timestamp\":\"yesterday\"}}", .badTime),
            ("{\"eventType\":\"Send\",\"mail\":{\"timestamp\":\"2026-01-31T09:30:00Z\"}}", .missingField),
            ("{\"eventType\":\"Bounce\",\(SESSamples.mail)}", .missingField),
            ("{\"eventType\":\"Bounce\",\(SESSamples.mail),\"bounce\":{}}", .missingField),
            ("{\"notificationType\":\"Received\",\(SESSamples.mail)}", .missingField),
            ("{\"notificationType\":\"Received\",\(SESSamples.mail),\"receipt\":{}}", .missingField),
        ]
    )
    func `what SES does not send is refused with its reason`(document: String, reason: DecodeFailure.Reason) {
        #expect(refusal(AmazonSES.self, SESSamples.notification(document)) == reason)
    }

    @Test(
        arguments: [
            ("{}", DecodeFailure.Reason.missingField), ("[]", .wrongType),
            ("{\"Type\":\"Other\"}", .unknownEvent),
            ("{\"Type\":\"Notification\"}", .missingField),
            ("{\"Type\":\"Notification\",\"Message\":{}}", .wrongType),
        ]
    )
    func `what is no envelope is refused with its reason`(body: String, reason: DecodeFailure.Reason) {
        #expect(refusal(AmazonSES.self, body) == reason)
    }
}
