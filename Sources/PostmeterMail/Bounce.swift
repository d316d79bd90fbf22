/// Why a mail was refused, or asked to wait.
public struct Bounce: Sendable, Hashable {
    /// Whether another try could succeed.
    public enum Class: String, Sendable, Hashable, CaseIterable {
        /// The address does not work.
        case hard
        /// The address may work at another time.
        case soft
    }

    /// The closed vocabulary of `email.bounce.reason`.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case invalidRecipient = "invalid_recipient"
        case inactiveMailbox = "inactive_mailbox"
        case mailboxFull = "mailbox_full"
        case badDomain = "bad_domain"
        case spamBlock = "spam_block"
        case spamContent = "spam_content"
        case policy
        case authFailure = "auth_failure"
        case relayDenied = "relay_denied"
        case rateLimited = "rate_limited"
        case messageTooLarge = "message_too_large"
        case connection
        case expired
        case other

        /// The place of this reason in `allCases`.
        var index: Int {
            switch self {
            case .invalidRecipient: 0
            case .inactiveMailbox: 1
            case .mailboxFull: 2
            case .badDomain: 3
            case .spamBlock: 4
            case .spamContent: 5
            case .policy: 6
            case .authFailure: 7
            case .relayDenied: 8
            case .rateLimited: 9
            case .messageTooLarge: 10
            case .connection: 11
            case .expired: 12
            case .other: 13
            }
        }
    }

    /// Hard or soft.
    public var `class`: Class
    /// The reason, from the closed set.
    public var reason: Reason
    /// What the receiving server said; goes to spans and log records only, at most 512 bytes.
    public var diagnostic: String

    /// Creates a bounce.
    public init(class: Class, reason: Reason, diagnostic: String = "") {
        self.class = `class`
        self.reason = reason
        self.diagnostic = diagnostic
    }
}
