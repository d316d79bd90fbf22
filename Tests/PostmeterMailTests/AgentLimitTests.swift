import PostmeterMail
import PostmeterModel
import Testing

@Suite struct AgentLimitTests {
    private func identity(_ agent: String, domain: String = "a.example") -> MailIdentity {
        MailIdentity(organization: "acme", account: "support", domain: domain, agent: agent)
    }

    private let sent = MailEvent(kind: .sent, provider: .resend, id: "1", time: .at(1), messageID: "m")

    @Test func `the same question gets the same hooks`() {
        let mail = MailFixture()
        #expect(mail.triage === mail.triage)
        #expect(mail.triage !== mail.hooks.agent(MailFixture.triage, provider: .agentmail))
    }

    @Test func `an agent past the limit is other in its own account and domain, and nothing is lost`() {
        let mail = MailFixture(agentLimit: 2)
        for agent in ["one", "two", "three", "four", "three"] {
            mail.hooks.agent(identity(agent), provider: .resend).count(sent)
        }
        #expect(
            mail.figures("email.events") == [
                "acme support a.example _other resend sent = 3",
                "acme support a.example one resend sent = 1",
                "acme support a.example two resend sent = 1",
            ])
        #expect(mail.hooks.agentsRefused == 3)
        #expect(
            mail.warnings == [
                "more than 2 agents: 'three' of 'a.example' and later ones are recorded as '_other'; "
                    + "raise the limit of agents to tell them apart"
            ])
    }

    @Test func `agents known before the limit was reached keep their series`() {
        let mail = MailFixture(agentLimit: 1)
        let first = mail.hooks.agent(identity("one"), provider: .resend)
        _ = mail.hooks.agent(identity("two"), provider: .resend)
        #expect(mail.hooks.agent(identity("one"), provider: .resend) === first)
    }

    @Test func `an unknown agent does not use up the limit`() {
        let mail = MailFixture(agentLimit: 1)
        mail.hooks.agent(identity(MailIdentity.unknown), provider: .resend).count(sent)
        mail.hooks.agent(identity("one"), provider: .resend).count(sent)
        #expect(
            mail.figures("email.events") == [
                "acme support a.example _unknown resend sent = 1",
                "acme support a.example one resend sent = 1",
            ])
    }

    @Test func `accounts that come without end end up in one`() {
        let mail = MailFixture(agentLimit: 1)
        for number in 1...50 {
            var identity = identity("a")
            identity.account = "account-\(number)"
            mail.hooks.agent(identity, provider: .resend).count(sent)
        }
        #expect(
            mail.figures("email.events") == [
                "_other _other _other _other resend sent = 47",
                "acme account-1 a.example a resend sent = 1",
                "acme account-2 a.example _other resend sent = 1",
                "acme account-3 _other _other resend sent = 1",
            ])
    }

    @Test func `domains that come without end end up in one`() {
        let mail = MailFixture(agentLimit: 2)
        for number in 1...50 {
            mail.hooks.agent(identity("a", domain: "d\(number).example"), provider: .resend).count(sent)
        }
        #expect(
            mail.figures("email.events") == [
                "acme support _other _other resend sent = 46",
                "acme support d1.example a resend sent = 1",
                "acme support d2.example a resend sent = 1",
                "acme support d3.example _other resend sent = 1",
                "acme support d4.example _other resend sent = 1",
            ])
    }
}
