import PostmeterMail

/// The platforms that this build understands.
package enum WebhookProviders {
    /// All of them: a new platform is a file of its own and a line here.
    package static let all: [any WebhookProvider.Type] = [
        AgentMail.self,
        AmazonSES.self,
        Mailgun.self,
        Postmark.self,
        Resend.self,
        SendGrid.self,
    ]

    /// The platform with this name in the configuration.
    package static func named(_ name: String) -> (any WebhookProvider.Type)? {
        all.first { $0.provider.rawValue == name }
    }
}
