import PostmeterMail
import PostmeterModel
import Testing

@Suite struct EventFigureTests {
    private let mail = MailFixture()

    private func event(_ kind: MailEventKind, count: Int = 1, bounce: Bounce? = nil) -> MailEvent {
        MailEvent(
            kind: kind, provider: .resend, id: "msg_1", time: .at(100), messageID: "m1", count: count,
            bounce: bounce)
    }

    @Test func `the sixteen series of a new agent stand at zero`() {
        _ = mail.triage
        #expect(
            mail.series("email.events")
                == MailEventKind.allCases.map {
                    "acme support support.acme.example triage resend \($0.rawValue) = 0"
                }.sorted())
    }

    @Test func `an event counts its recipients`() {
        mail.triage.count(event(.sent, count: 3))
        mail.triage.count(event(.sent))
        mail.triage.count(event(.delivered, count: 2))
        #expect(
            mail.figures("email.events") == [
                "acme support support.acme.example triage resend delivered = 2",
                "acme support support.acme.example triage resend sent = 4",
            ])
    }

    @Test func `a complaint counts once, however many recipients it lists`() {
        mail.triage.count(event(.complained, count: 5))
        #expect(
            mail.figures("email.events") == ["acme support support.acme.example triage resend complained = 1"]
        )
    }

    @Test(arguments: MailEventKind.allCases)
    func `each kind of event moves its own series and no other`(kind: MailEventKind) {
        mail.triage.count(event(kind))
        #expect(
            mail.figures("email.events") == [
                "acme support support.acme.example triage resend \(kind.rawValue) = 1"
            ])
    }

    @Test func `a bounce is counted by class and reason, for all of its recipients`() {
        mail.triage.count(event(.bounced, count: 2, bounce: Bounce(class: .hard, reason: .invalidRecipient)))
        mail.triage.count(event(.bounced, bounce: Bounce(class: .soft, reason: .mailboxFull)))
        mail.triage.count(event(.bounced))
        #expect(
            mail.series("email.bounces") == [
                "support support.acme.example resend hard invalid_recipient = 2",
                "support support.acme.example resend soft mailbox_full = 1",
                "support support.acme.example resend soft other = 1",
            ])
    }

    @Test func `every class and reason has a series of its own`() {
        for bounceClass in Bounce.Class.allCases {
            for reason in Bounce.Reason.allCases {
                mail.triage.count(event(.bounced, bounce: Bounce(class: bounceClass, reason: reason)))
            }
        }
        let expected = Bounce.Class.allCases.flatMap { bounceClass in
            Bounce.Reason.allCases.map {
                "support support.acme.example resend \(bounceClass.rawValue) \($0.rawValue) = 1"
            }
        }
        #expect(mail.series("email.bounces") == expected.sorted())
    }

    @Test func `a deferral with a reason is no bounce`() {
        mail.triage.count(event(.deferred, bounce: Bounce(class: .soft, reason: .rateLimited)))
        #expect(mail.series("email.bounces").isEmpty)
    }

    @Test func `a delivery's duration goes to the provider of its recipient`() {
        var delivered = event(.delivered)
        delivered.recipients = ["someone@gmail.com"]
        mail.triage.recordDelivery(delivered, from: .at(97.5))
        delivered.recipients = ["a@outlook.com", "b@yahoo.com"]
        mail.triage.recordDelivery(delivered, from: .at(101))
        #expect(
            mail.figures("email.delivery.duration") == [
                "support support.acme.example resend gmail = 1/2.5",
                "support support.acme.example resend other = 1/0.0",
            ])
    }

    @Test func `a response's duration belongs to the domain`() {
        mail.triage.recordResponse(accepted: .at(130), received: .at(100))
        #expect(mail.figures("email.response.duration") == ["support support.acme.example = 1/30.0"])
    }

    @Test(arguments: [
        ("a@gmail.com", RecipientProvider.gmail), ("a@GoogleMail.com", .gmail), ("a@hotmail.co.uk", .outlook),
        ("a@rocketmail.com", .yahoo), ("a@me.com", .icloud), ("a@mail.gmail.com", .other),
        ("a@example.com", .other), ("nobody", .other), ("", .other), ("a@", .other),
        ("a@a-domain-longer-than-any-known.gmail.com", .other), ("\"x@y\"@icloud.com", .icloud),
        ("a@gmáil.com", .other),
    ])
    func `the provider of a recipient is known by the domain`(address: String, provider: RecipientProvider) {
        #expect(RecipientProvider(address: address) == provider)
    }
}
