import PostmeterMail

/// The platforms that this build understands.
package enum WebhookProviders {
    /// All of them: a new platform is a file of its own and a line here.
    package static let all: [any WebhookProvider.Type] = [
        AgentMail.self,
        AmazonSES.self,
        Generic.self,
        Mailgun.self,
        Postmark.self,
        Resend.self,
        SendGrid.self,
    ]

    /// The platform with this name in the configuration.
    package static func named(_ name: String) -> (any WebhookProvider.Type)? {
        all.first { $0.provider.rawValue == name }
    }

    /// Whether a name is that of a platform with a file of its own, or of one that mail is sent through.
    package static func isBuiltIn(_ name: String) -> Bool {
        let known: [MailProvider] = [.agentmail, .resend, .ses, .sendgrid, .mailgun, .postmark, .smtp]
        return known.contains { $0.rawValue == name } || named(name) != nil
    }
}
