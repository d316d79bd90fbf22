import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Testing

@Suite struct EventLogTests {
    private func event(_ kind: MailEventKind, id: String = "evt_1", bounce: Bounce? = nil) -> MailEvent {
        MailEvent(
            kind: kind, provider: .resend, id: id, time: .at(900), messageID: "m1", conversationID: "c1",
            recipients: ["bob@example.com"], bounce: bounce)
    }

    @Test func `a bounce is a record in the trace of its message, at its own time`() {
        let mail = MailFixture(events: .failures)
        mail.triage.record(
            event(
                .bounced,
                bounce: Bounce(
                    class: .hard, reason: .invalidRecipient, diagnostic: "550 no <bob@example.com> here")))
        var expected = RecordedLog()
        expected.scope = "postmeter.mail"
        expected.time = 900_000_000_000
        expected.observed = 1_000_000_000_000
        expected.severity = 17
        expected.severityText = "ERROR"
        expected.eventName = "email.bounced"
        expected.body = "A mail bounced: hard, invalid_recipient."
        // The ids are what another HMAC-SHA256 and SipHash-2-4 make of the key and the two ids.
        expected.traceID = "7ba6fcbc3c199125b8a709023587e612"
        expected.spanID = "194b1cdbd3581567"
        expected.flags = 3
        expected.attributes = [
            "email.organization=acme", "email.account=support", "email.domain=support.acme.example",
            "email.agent=triage", "email.provider=resend", "email.event=bounced", "email.message_id=m1",
            "messaging.message.conversation_id=c1", "email.recipient=324eebd7834214a2",
            "email.bounce.class=hard", "email.bounce.reason=invalid_recipient",
            "email.detail=550 no [address] here", "log.record.uid=194b1cdb-d358-8567-a835-7aa65716f5d5",
        ]
        #expect(mail.logs() == [expected])
        let span = mail.spans().first { $0.name == "bounced resend" }
        #expect(span?.traceID == expected.traceID)
        #expect(span?.spanID == expected.spanID)
    }

    @Test(arguments: [
        (MailEventKind.deferred, UInt64(13), "WARN"), (.bounced, 17, "ERROR"), (.complained, 17, "ERROR"),
        (.rejected, 17, "ERROR"), (.suppressed, 13, "WARN"), (.failed, 17, "ERROR"),
    ])
    func `a failure is an error, or a warning when the mail is tried again or was kept back`(
        kind: MailEventKind, severity: UInt64, text: String
    ) {
        let mail = MailFixture(events: .failures)
        mail.triage.record(event(kind))
        #expect(mail.logs().map(\.severity) == [severity])
        mail.triage.record(event(kind, id: "evt_2"))
        #expect(mail.logs().map(\.severityText) == [text])
    }

    @Test func `of all kinds the setting takes each, the failures or none`() {
        func names(_ events: EventLogging) -> [String] {
            let mail = MailFixture(events: events)
            for kind in MailEventKind.allCases { mail.triage.record(event(kind)) }
            return mail.logs().map(\.eventName)
        }
        #expect(names(.all) == MailEventKind.allCases.map { "email.\($0.rawValue)" })
        #expect(
            names(.failures) == [
                "email.deferred", "email.bounced", "email.complained", "email.rejected", "email.suppressed",
                "email.failed",
            ])
        #expect(names(.off) == [])
    }

    @Test func `no two kinds read alike, and none names anybody`() {
        let mail = MailFixture(privacy: .clear, events: .all)
        for kind in MailEventKind.allCases { mail.triage.record(event(kind)) }
        let bodies = mail.logs().map(\.body)
        #expect(Set(bodies).count == MailEventKind.allCases.count)
        #expect(bodies.allSatisfy { $0.hasSuffix(".") && !$0.contains("@") && !$0.contains("triage") })
    }

    @Test func `a deferral says why`() {
        let mail = MailFixture(events: .failures)
        mail.triage.record(event(.deferred, bounce: Bounce(class: .soft, reason: .rateLimited)))
        #expect(mail.logs().map(\.body) == ["A mail was put off and is tried again: rate_limited."])
    }

    @Test func `an event that is told again has the uid it had, also in another process with the key`() {
        let mail = MailFixture(events: .failures)
        mail.triage.record(event(.bounced))
        mail.triage.record(event(.bounced))
        let other = MailFixture(events: .all)
        other.triage.record(event(.bounced))
        let uids = (mail.logs() + other.logs()).map { $0["log.record.uid"] }
        #expect(uids.count == 3)
        #expect(Set(uids).count == 1)
    }

    @Test func `another event, kind, message or key has another uid, and each is a UUID of version 8`() {
        let mail = MailFixture(events: .all)
        var event = event(.bounced)
        mail.triage.record(event)
        event.id = "evt_2"
        mail.triage.record(event)
        event.kind = .failed
        mail.triage.record(event)
        event.messageID = "m2"
        mail.triage.record(event)
        let other = MailFixture(key: [9, 9], events: .all)
        other.triage.record(event)
        let uids = (mail.logs() + other.logs()).compactMap { $0["log.record.uid"] }
        #expect(Set(uids).count == 5)
        for uid in uids {
            let parts = uid.split(separator: "-").map(String.init)
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].hasPrefix("8"))
            #expect(["8", "9", "a", "b"].contains(parts[3].prefix(1)))
            #expect(parts.joined().allSatisfy { "0123456789abcdef".contains($0) })
        }
    }

    @Test func `logs are not sampled: the record names the trace and says that it was not`() {
        let mail = MailFixture(sampler: .alwaysOff, events: .failures)
        mail.triage.record(event(.bounced))
        let trace = mail.triage.message("m1").traceID
        #expect(mail.spans().isEmpty)
        let log = mail.logs()
        #expect(log.map(\.traceID) == [trace.description])
        #expect(log.map(\.flags) == [2])
    }

    @Test(arguments: [
        (AddressPrivacy.off, nil), (.domain, "example.com"), (.hmac, "324eebd7834214a2"),
        (.clear, "bob@example.com"),
    ])
    func `a recipient is named as in spans`(privacy: AddressPrivacy, shown: String?) {
        let mail = MailFixture(privacy: privacy, events: .failures)
        mail.triage.record(event(.bounced))
        #expect(mail.logs().map { $0["email.recipient"] } == [shown])
    }

    @Test func `what is not known is left out`() {
        let mail = MailFixture(events: .all)
        mail.triage.record(MailEvent(kind: .sent, provider: .resend, id: "e", time: .at(1)))
        #expect(
            mail.logs().map { $0.attributes.dropLast() } == [
                [
                    "email.organization=acme", "email.account=support", "email.domain=support.acme.example",
                    "email.agent=triage", "email.provider=resend", "email.event=sent",
                ]
            ])
    }
}
