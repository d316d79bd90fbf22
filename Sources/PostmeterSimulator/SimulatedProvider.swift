/// A platform whose webhooks can be simulated.
package enum SimulatedProvider: String, Sendable, Hashable, CaseIterable {
    case resend
    case agentmail
    case mailgun
    case postmark
    case sendgrid
    case ses
    /// Afterdraft in the shape that the mapping shipped for it assumes.
    case generic

    /// The value of `email.provider`: that of a generic platform is the name of its endpoint.
    var label: String {
        self == .generic ? "afterdraft" : rawValue
    }

    /// The most webhooks that the platform puts into one request.
    var batchLimit: Int {
        self == .sendgrid ? SimulatedSendGrid.batchLimit : 1
    }

    /// Whether each recipient of a mail has events of its own.
    var tellsOfEachRecipient: Bool {
        self == .mailgun || self == .postmark || self == .sendgrid
    }

    /// The request that brings a batch, which is not empty.
    func request(of batch: [PlannedWebhook], in world: SimulatedWorld) -> SimulatedRequest {
        switch self {
        case .mailgun: SimulatedMailgun.request(of: batch[0], in: world)
        case .sendgrid: SimulatedSendGrid.request(of: batch, in: world)
        default: SimulatedRequest(body: body(of: batch[0], in: world))
        }
    }

    /// The body of a webhook.
    func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        switch self {
        case .resend: SimulatedResend.body(of: webhook, in: world)
        case .agentmail: SimulatedAgentMail.body(of: webhook, in: world)
        case .mailgun: SimulatedMailgun.request(of: webhook, in: world).body
        case .postmark: SimulatedPostmark.body(of: webhook, in: world)
        case .sendgrid: SimulatedSendGrid.request(of: [webhook], in: world).body
        case .ses: SimulatedSES.body(of: webhook, in: world)
        case .generic: SimulatedAfterdraft.body(of: webhook, in: world)
        }
    }

    /// How many the webhook counts for in `email.events`.
    ///
    /// Resend does not say which recipient an outcome is about, so each of its events counts once; each of
    /// Mailgun's, Postmark's and SendGrid's is about one recipient. AgentMail lists the recipients, except where it
    /// says only that a mail was rejected; Amazon SES lists them even then. A complaint is one complaint.
    /// Afterdraft is taken to list the recipients of all that went out.
    func count(of webhook: PlannedWebhook) -> Int {
        switch (self, webhook.kind) {
        case (.agentmail, .sent), (.agentmail, .delivered), (.agentmail, .bounced):
            webhook.message.recipientCount
        case (.ses, .sent), (.ses, .delivered), (.ses, .bounced), (.ses, .deferred), (.ses, .suppressed),
            (.ses, .refused):
            webhook.message.recipientCount
        case (.generic, _): webhook.message.isInbound ? 1 : webhook.message.recipientCount
        default: 1
        }
    }
}
