/// A platform whose webhooks can be simulated.
package enum SimulatedProvider: String, Sendable, Hashable, CaseIterable {
    case resend
    case agentmail
    case postmark
    /// Afterdraft in the shape that the mapping shipped for it assumes.
    case generic

    /// The value of `email.provider`: that of a generic platform is the name of its endpoint.
    var label: String {
        self == .generic ? "afterdraft" : rawValue
    }

    /// The body of a webhook.
    func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        switch self {
        case .resend: SimulatedResend.body(of: webhook, in: world)
        case .agentmail: SimulatedAgentMail.body(of: webhook, in: world)
        case .postmark: SimulatedPostmark.body(of: webhook, in: world)
        case .generic: SimulatedAfterdraft.body(of: webhook, in: world)
        }
    }

    /// How many the webhook counts for in `email.events`.
    ///
    /// Resend does not say which recipient an outcome is about, so each of its events counts once; each of
    /// Postmark's is about one recipient. AgentMail lists the recipients, except where it says only that a mail
    /// was rejected; a complaint is one complaint. Afterdraft is taken to list the recipients of all that went out.
    func count(of webhook: PlannedWebhook) -> Int {
        switch (self, webhook.kind) {
        case (.agentmail, .sent), (.agentmail, .delivered), (.agentmail, .bounced):
            webhook.message.recipientCount
        case (.generic, _): webhook.message.isInbound ? 1 : webhook.message.recipientCount
        default: 1
        }
    }
}
