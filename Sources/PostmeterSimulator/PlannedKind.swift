/// What a simulated webhook tells, in words that all platforms share.
enum PlannedKind: Sendable, Hashable {
    /// The mail waits to be sent at a time that was asked for.
    case scheduled
    case sent
    case delivered
    case deferred
    /// With the place of the sample in ``BounceSample/all``.
    case bounced(Int)
    case complained
    case opened
    case clicked
    /// Not tried, since the recipient bounced or complained before.
    case suppressed
    /// The platform could not send it, or refused to.
    case refused
    case received
    /// A reply to a mail of the agent came in, where the platform says so; else it is `received`.
    case replied
    /// The agent handed the conversation to a human.
    case escalated
    /// No mail: a contact or a domain changed.
    case other

    /// The value of `email.event` that the collector must count it under; nil when it must count none.
    func event(of provider: SimulatedProvider) -> String? {
        switch self {
        case .scheduled: "accepted"
        // Mailgun and SendGrid tell that they took a mail, and not when they begin to send it.
        case .sent: provider == .mailgun || provider == .sendgrid ? "accepted" : "sent"
        case .delivered: "delivered"
        case .deferred: "deferred"
        case .bounced: "bounced"
        case .complained: "complained"
        case .opened: "opened"
        case .clicked: "clicked"
        case .suppressed: "suppressed"
        case .refused: provider == .resend ? "failed" : "rejected"
        case .received: "received"
        case .replied: "replied"
        case .escalated: "escalated"
        case .other: nil
        }
    }
}
