/// A platform whose webhooks can be simulated.
package enum SimulatedProvider: String, Sendable, Hashable, CaseIterable {
    case resend
    case agentmail
    case postmark
    case ses

    /// The body of a webhook.
    func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        switch self {
        case .resend: SimulatedResend.body(of: webhook, in: world)
        case .agentmail: SimulatedAgentMail.body(of: webhook, in: world)
        case .postmark: SimulatedPostmark.body(of: webhook, in: world)
        case .ses: SimulatedSES.body(of: webhook, in: world)
        }
    }

    /// How many the webhook counts for in `email.events`.
    ///
    /// Resend does not say which recipient an outcome is about, so each of its events counts once; each of
    /// Postmark's is about one recipient. AgentMail lists the recipients, except where it says only that a mail
    /// was rejected; Amazon SES lists them even then. A complaint is one complaint.
    func count(of webhook: PlannedWebhook) -> Int {
        switch (self, webhook.kind) {
        case (.agentmail, .sent), (.agentmail, .delivered), (.agentmail, .bounced):
            webhook.message.recipientCount
        case (.ses, .sent), (.ses, .delivered), (.ses, .bounced), (.ses, .deferred), (.ses, .suppressed),
            (.ses, .refused):
            webhook.message.recipientCount
        default: 1
        }
    }
}
