import Testing

@testable import PostmeterSimulator

@Suite struct LedgerTests {
    @Test(arguments: SimulatedProvider.allCases)
    func `totals equal the plan counted by other means`(provider: SimulatedProvider) {
        let webhooks = ExamplePlan.webhooks(provider)
        var ledger = Ledger(provider: provider, agents: 50)
        for webhook in webhooks { ledger.note(webhook) }

        let unique = Dictionary(grouping: webhooks, by: \.number).compactMapValues(\.first).values
        let mail = unique.filter { $0.kind != .other }
        #expect(ledger.acknowledged == unique.count)
        #expect(ledger.repeats == webhooks.count - unique.count)
        #expect(ledger.others == unique.count - mail.count)
        for agent in 0..<50 {
            let own = mail.filter { $0.message.agent == agent }
            let byEvent = Dictionary(grouping: own) { $0.kind.event(of: provider) ?? "" }
            let expected = byEvent.mapValues { $0.reduce(0) { $0 + Self.count($1, provider) } }
            #expect(ledger.events[agent] == expected)
        }
        let messages = Dictionary(grouping: mail, by: \.message.number).values
        #expect(ledger.spans["message outbound"] == messages.count { !$0[0].message.isInbound })
        #expect(ledger.spans["message inbound"] == messages.count { $0[0].message.isInbound })
        #expect(ledger.spans["deliver", default: 0] == messages.count(where: Self.hasDeliver))
        let eventSpans = ledger.spans.filter { $0.key.hasSuffix(" \(provider.label)") }
        #expect(eventSpans.values.reduce(0, +) == mail.count)
        let beginning = provider == .mailgun || provider == .sendgrid ? "accepted" : "sent"
        #expect(
            ledger.spans["\(beginning) \(provider.label)", default: 0] == mail.count { $0.kind == .sent })
    }

    @Test func `AgentMail's events count their recipients, Resend's count once`() {
        let webhook = Self.webhook(0, .delivered, message: 0, recipients: 2)
        var agentMail = Ledger(provider: .agentmail, agents: 1)
        agentMail.note(webhook)
        var resend = Ledger(provider: .resend, agents: 1)
        resend.note(webhook)
        #expect(agentMail.events == [["delivered": 2]])
        #expect(resend.events == [["delivered": 1]])
    }

    @Test func `Postmark's mail has no beginning, and so no deliver span`() {
        var ledger = Ledger(provider: .postmark, agents: 1)
        ledger.note(Self.webhook(0, .delivered, message: 0))
        #expect(ledger.spans == ["message outbound": 1, "delivered postmark": 1])
        #expect(ledger.events == [["delivered": 1]])
    }

    @Test func `Afterdraft's mail is told under its own name, with its replies and what went to a human`() {
        var ledger = Ledger(provider: .generic, agents: 1)
        ledger.note(Self.webhook(0, .opened, message: 0, recipients: 2))
        var reply = Self.webhook(1, .replied, message: 1)
        reply.message.isInbound = true
        reply.message.answers = 0
        ledger.note(reply)
        reply.number = 2
        reply.kind = .escalated
        ledger.note(reply)
        #expect(ledger.events == [["opened": 2, "replied": 1, "escalated": 1]])
        #expect(ledger.links == ["message inbound": 1])
        #expect(
            ledger.spans == [
                "message outbound": 1, "message inbound": 1, "opened afterdraft": 1, "replied afterdraft": 1,
                "escalated afterdraft": 1,
            ])
    }

    @Test func `a complaint counts once for all its recipients`() {
        var ledger = Ledger(provider: .agentmail, agents: 1)
        ledger.note(Self.webhook(0, .complained, message: 0, recipients: 2))
        #expect(ledger.events == [["complained": 1]])
    }

    @Test func `a repeat counts nothing, whichever comes first`() {
        var ledger = Ledger(provider: .resend, agents: 1)
        var again = Self.webhook(0, .sent, message: 0)
        again.isRepeat = true
        ledger.note(again)
        ledger.note(Self.webhook(0, .sent, message: 0))
        #expect(ledger.events == [["sent": 1]])
        #expect(ledger.repeats == 1)
        #expect(ledger.spans == ["message outbound": 1, "sent resend": 1])
    }

    @Test func `a mail has a deliver span when its beginning and an outcome are known, in any order`() {
        var ledger = Ledger(provider: .resend, agents: 1)
        ledger.note(Self.webhook(0, .bounced(0), message: 0))
        #expect(ledger.spans["deliver"] == nil)
        ledger.note(Self.webhook(1, .sent, message: 0))
        #expect(ledger.spans["deliver"] == 1)
        #expect(ledger.deliveryDurations == 0)
        ledger.note(Self.webhook(2, .scheduled, message: 1))
        ledger.note(Self.webhook(3, .delivered, message: 1))
        #expect(ledger.spans["deliver"] == 2)
        #expect(ledger.deliveryDurations == 1)
        ledger.note(Self.webhook(4, .sent, message: 2))
        ledger.note(Self.webhook(5, .deferred, message: 2))
        #expect(ledger.spans["deliver"] == 2)
    }

    private static func webhook(
        _ number: Int,
        _ kind: PlannedKind,
        message: Int,
        recipients: Int = 1
    ) -> PlannedWebhook {
        PlannedWebhook(
            number: number,
            sentAt: 0,
            happenedAt: 0,
            kind: kind,
            message: SimulatedMessage(
                number: message,
                agent: 0,
                isInbound: false,
                recipientCount: recipients,
                answers: nil,
                createdAt: 0
            )
        )
    }

    private static func count(_ webhook: PlannedWebhook, _ provider: SimulatedProvider) -> Int {
        guard [.agentmail, .generic, .ses].contains(provider), !webhook.message.isInbound else { return 1 }
        switch webhook.kind {
        case .complained: return 1
        case .opened, .clicked: return provider == .generic ? webhook.message.recipientCount : 1
        case .refused where provider != .ses: return 1
        default: return webhook.message.recipientCount
        }
    }

    private static func hasDeliver(_ webhooks: [PlannedWebhook]) -> Bool {
        webhooks.contains { $0.kind == .sent || $0.kind == .scheduled }
            && webhooks.contains { $0.kind == .delivered || $0.kind.isBounce }
    }
}
