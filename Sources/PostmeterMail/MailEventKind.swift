/// What happened to a mail: the closed vocabulary of `email.event`.
///
/// The order is that of `allCases`, which indexes the counters of an agent; new kinds go at the end.
public enum MailEventKind: String, Sendable, Hashable, CaseIterable {
    /// A mail for an agent came in.
    case received
    /// An automatic reply (out of office, challenge) came in.
    case autoresponded
    /// A reply to a mail of ours came in.
    case replied
    /// The agent handed the conversation to a human.
    case escalated
    /// The platform took the mail from us.
    case accepted
    /// The platform began to send it.
    case sent
    /// The recipient's server took it.
    case delivered
    /// The recipient's server asked for another try later.
    case deferred
    /// The recipient's server refused it for good, or the platform gave up.
    case bounced
    /// The recipient called it spam.
    case complained
    /// The platform refused it before any attempt.
    case rejected
    /// The platform did not try, since the recipient is on a do-not-send list.
    case suppressed
    /// The platform could not send it for a reason of its own or of ours.
    case failed
    /// The recipient opened it.
    case opened
    /// The recipient followed a link in it.
    case clicked
    /// The recipient asked for no more.
    case unsubscribed

    /// The place of this kind in `allCases`.
    package var index: Int {
        switch self {
        case .received: 0
        case .autoresponded: 1
        case .replied: 2
        case .escalated: 3
        case .accepted: 4
        case .sent: 5
        case .delivered: 6
        case .deferred: 7
        case .bounced: 8
        case .complained: 9
        case .rejected: 10
        case .suppressed: 11
        case .failed: 12
        case .opened: 13
        case .clicked: 14
        case .unsubscribed: 15
        }
    }

    /// Whether the mail came to us.
    public var isInbound: Bool {
        switch self {
        case .received, .autoresponded, .replied, .escalated: true
        default: false
        }
    }
}
