import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import Testing

@Suite struct PrivacyTests {
    private func span(_ privacy: AddressPrivacy, to recipients: [String], detail: String = "")
        -> RecordedSpan?
    {
        let mail = MailFixture(privacy: privacy)
        emit(mail, to: recipients, detail: detail)
        return mail.spans().first
    }

    private func emit(_ mail: MailFixture, to recipients: [String], detail: String = "") {
        let event = MailEvent(
            kind: .deferred, provider: .resend, id: "e", time: .at(1), messageID: "m", recipients: recipients,
            detail: detail)
        mail.triage.emitEvent(mail.triage.message(of: event), of: event)
    }

    @Test(arguments: [
        (AddressPrivacy.off, nil), (.domain, "example.com"), (.hmac, "324eebd7834214a2"),
        (.clear, "Bob@Example.com"),
    ])
    func `a recipient is shown as the setting has it`(privacy: AddressPrivacy, shown: String?) {
        #expect(span(privacy, to: ["Bob@Example.com"])?["email.recipient"] == shown)
    }

    @Test func `a fingerprint is the same for all spellings of an address, and another in another account`() {
        #expect(
            span(.hmac, to: ["BOB@example.COM"])?["email.recipient"]
                == span(.hmac, to: ["bob@example.com"])?["email.recipient"])
        let mail = MailFixture()
        let sales = MailIdentity(organization: "acme", account: "sales", domain: "d", agent: "a")
        let agent = mail.hooks.agent(sales, provider: .resend)
        let event = MailEvent(
            kind: .sent, provider: .resend, id: "e", time: .at(1), messageID: "m",
            recipients: ["bob@example.com"])
        agent.emitEvent(agent.message(of: event), of: event)
        #expect(mail.spans()[0]["email.recipient"] != "324eebd7834214a2")
    }

    @Test func `several recipients are listed, up to eight`() {
        #expect(
            span(.domain, to: ["a@x.example", "b@y.example"])?["email.recipient"] == "x.example,y.example")
        let many = (1...20).map { "r@\($0).example" }
        #expect(
            span(.domain, to: many)?["email.recipient"]
                == (1...8).map { "\($0).example" }.joined(separator: ","))
    }

    @Test func `an account's setting holds for its mail from then on`() {
        let mail = MailFixture(privacy: .hmac)
        mail.hooks.setPrivacy(.off, account: "support")
        emit(mail, to: ["bob@example.com"])
        mail.hooks.setPrivacy(.clear, account: "support")
        emit(mail, to: ["bob@example.com"])
        #expect(mail.spans().map { $0["email.recipient"] } == [nil, "bob@example.com"])
    }

    @Test func `what a server said is kept without the addresses it names`() {
        let said = "450 <bob@example.com>: try bob@example.com later"
        #expect(span(.hmac, to: [], detail: said)?["email.detail"] == "450 [address] try [address] later")
        #expect(span(.clear, to: [], detail: said)?["email.detail"] == said)
    }

    @Test func `what a server said is cut between characters, within 512 bytes`() {
        let said = "x" + String(repeating: "é", count: 400)
        let kept = span(.hmac, to: [], detail: said)?["email.detail"] ?? ""
        #expect(kept == "x" + String(repeating: "é", count: 255))
    }

    @Test func `no address reaches a metric`() {
        let mail = MailFixture(privacy: .clear)
        let event = MailEvent(
            kind: .bounced, provider: .resend, id: "e", time: .at(1), messageID: "m",
            sender: "triage@support.acme.example", recipients: ["bob@example.com"],
            bounce: Bounce(class: .hard, reason: .other, diagnostic: "bob@example.com"))
        mail.triage.record(event)
        mail.triage.recordDelivery(event, from: .at(0))
        for family in mail.registry.snapshot().families {
            #expect(mail.series(family.descriptor.name).allSatisfy { !$0.contains("@") })
        }
    }
}
