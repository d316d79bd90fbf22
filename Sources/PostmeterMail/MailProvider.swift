/// The platform that carries the mail: a value of `email.provider`.
public struct MailProvider: Sendable, Hashable, RawRepresentable {
    /// The name: 1 to 32 of `a-z0-9_-`, or `_OTHER`.
    public let rawValue: String

    /// Creates a provider from its name; one that breaks the rule becomes `_OTHER`, since it is a label value.
    public init(rawValue: String) {
        self.rawValue = Self.isName(rawValue) ? rawValue : HookContext.other
    }

    private static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
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
