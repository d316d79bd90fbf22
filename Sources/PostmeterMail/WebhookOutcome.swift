/// What a listener answered a webhook with: `email.outcome` on `email.webhook.requests`.
package enum WebhookOutcome: String, Sendable, CaseIterable {
    /// It is on disk.
    case accepted
    /// The signature is wrong or missing.
    case unauthorized
    /// There is no such endpoint.
    case unknownEndpoint = "unknown_endpoint"
    /// It was no POST.
    case methodNotAllowed = "method_not_allowed"
    /// The body is over the limit.
    case tooLarge = "too_large"
    /// The journal is full or failing.
    case overloaded

    /// The place of this outcome in `allCases`.
    var index: Int {
        switch self {
        case .accepted: 0
        case .unauthorized: 1
        case .unknownEndpoint: 2
        case .methodNotAllowed: 3
        case .tooLarge: 4
        case .overloaded: 5
        }
    }
}

/// What the fold made of an event: `email.outcome` on `email.webhook.events`.
package enum FoldOutcome: String, Sendable, CaseIterable {
    /// It is in the figures.
    case counted
    /// It was there already.
    case duplicate
    /// It could not be decoded.
    case dead
    /// It is of a kind that concerns no mail, such as a domain that was verified.
    case ignored

    /// The place of this outcome in `allCases`.
    var index: Int {
        switch self {
        case .counted: 0
        case .duplicate: 1
        case .dead: 2
        case .ignored: 3
        }
    }
}
