/// The platform that carries the mail: a value of `email.provider`.
public struct MailProvider: Sendable, Hashable, RawRepresentable {
    /// The name: 1 to 32 of `a-z0-9_-`.
    public let rawValue: String

    /// Creates a provider from its name.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// AgentMail.
    public static let agentmail = MailProvider(rawValue: "agentmail")
    /// Resend.
    public static let resend = MailProvider(rawValue: "resend")
    /// Amazon SES.
    public static let ses = MailProvider(rawValue: "ses")
    /// Twilio SendGrid.
    public static let sendgrid = MailProvider(rawValue: "sendgrid")
    /// Mailgun.
    public static let mailgun = MailProvider(rawValue: "mailgun")
    /// Postmark.
    public static let postmark = MailProvider(rawValue: "postmark")
    /// A server that is spoken to in SMTP.
    public static let smtp = MailProvider(rawValue: "smtp")
}
