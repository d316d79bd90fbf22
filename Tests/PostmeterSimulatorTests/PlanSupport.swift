import PostmeterModel

@testable import PostmeterSimulator

/// A plan of 20,000 webhooks with 50 agents, of which the seventh is bad, unless told otherwise.
func examplePlan(
    provider: SimulatedProvider = .resend,
    rate: Double = 20,
    duration: Double = 1_000,
    seed: UInt64 = 7,
    badAgent: Int? = 6,
    compression: Double = 1,
    repeats: Double = 0.01
) -> TrafficPlan {
    TrafficPlan(
        TrafficPlan.Configuration(
            provider: provider,
            agents: 50,
            badAgent: badAgent,
            rate: rate,
            duration: duration,
            seed: seed,
            compression: compression,
            repeats: repeats
        )
    )
}

extension TrafficPlan {
    /// All webhooks of the plan.
    var webhooks: [PlannedWebhook] {
        var plan = self
        var webhooks: [PlannedWebhook] = []
        while let webhook = plan.next() { webhooks.append(webhook) }
        return webhooks
    }
}

/// The webhooks of the example plan, made once for all tests.
enum ExamplePlan {
    private static let resend = examplePlan().webhooks
    private static let agentMail = examplePlan(provider: .agentmail).webhooks
    private static let mailgun = examplePlan(provider: .mailgun).webhooks
    private static let postmark = examplePlan(provider: .postmark).webhooks
    private static let sendGrid = examplePlan(provider: .sendgrid).webhooks
    private static let ses = examplePlan(provider: .ses).webhooks
    private static let generic = examplePlan(provider: .generic).webhooks

    static func webhooks(_ provider: SimulatedProvider = .resend) -> [PlannedWebhook] {
        switch provider {
        case .resend: resend
        case .agentmail: agentMail
        case .mailgun: mailgun
        case .postmark: postmark
        case .sendgrid: sendGrid
        case .ses: ses
        case .generic: generic
        }
    }
}

extension SimulatedWorld {
    static func example(_ provider: SimulatedProvider = .resend) -> SimulatedWorld {
        SimulatedWorld(
            provider: provider,
            domain: "agents.example",
            agents: 50,
            seed: 7,
            epoch: UnixTime(seconds: 1_760_000_000)
        )
    }
}

extension PlannedKind {
    var isBounce: Bool {
        if case .bounced = self { true } else { false }
    }
}
