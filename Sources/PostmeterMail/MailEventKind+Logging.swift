import PostmeterModel

/// How an event reads as a log record.
extension MailEventKind {
    /// Whether it means that a mail did not get through, or did harm: what ``EventLogging/failures`` records.
    var isFailure: Bool {
        switch self {
        case .deferred, .bounced, .complained, .rejected, .suppressed, .failed: true
        case .received, .autoresponded, .replied, .escalated, .accepted, .sent, .delivered, .opened, .clicked,
            .unsubscribed:
            false
        }
    }

    /// A mail that is lost or did harm is an error; one that is tried again, or was kept back as the platform
    /// was told to, is a warning.
    var severity: LogSeverity {
        switch self {
        case .bounced, .complained, .rejected, .failed: .error
        case .deferred, .suppressed: .warn
        default: .info
        }
    }

    /// The severity in words.
    var severityText: String {
        switch severity {
        case .error: "ERROR"
        case .warn: "WARN"
        default: "INFO"
        }
    }

    /// The name of the event in OpenTelemetry's sense: `email.` and the kind.
    var eventName: String {
        switch self {
        case .received: "email.received"
        case .autoresponded: "email.autoresponded"
        case .replied: "email.replied"
        case .escalated: "email.escalated"
        case .accepted: "email.accepted"
        case .sent: "email.sent"
        case .delivered: "email.delivered"
        case .deferred: "email.deferred"
        case .bounced: "email.bounced"
        case .complained: "email.complained"
        case .rejected: "email.rejected"
        case .suppressed: "email.suppressed"
        case .failed: "email.failed"
        case .opened: "email.opened"
        case .clicked: "email.clicked"
        case .unsubscribed: "email.unsubscribed"
        }
    }

    /// What happened, in a sentence about nobody.
    var sentence: String {
        switch self {
        case .received: "A mail came in."
        case .autoresponded: "An automatic reply came in."
        case .replied: "A reply came in."
        case .escalated: "The agent handed a mail to a human."
        case .accepted: "The platform took a mail."
        case .sent: "The platform began to send a mail."
        case .delivered: "A mail was delivered."
        case .deferred: "A mail was put off and is tried again."
        case .bounced: "A mail bounced."
        case .complained: "A recipient called a mail spam."
        case .rejected: "The platform refused a mail before any attempt."
        case .suppressed: "A mail was not tried: the recipient is on a do-not-send list."
        case .failed: "The platform could not send a mail."
        case .opened: "A mail was opened."
        case .clicked: "A link in a mail was followed."
        case .unsubscribed: "A recipient asked for no more mail."
        }
    }
}

extension Bounce {
    /// What happened to a mail that bounced or was put off for this reason, in a sentence about nobody.
    func sentence(_ kind: MailEventKind) -> String {
        switch kind {
        case .bounced: "A mail bounced: \(`class`.rawValue), \(reason.rawValue)."
        case .deferred: "A mail was put off and is tried again: \(reason.rawValue)."
        default: kind.sentence
        }
    }
}
