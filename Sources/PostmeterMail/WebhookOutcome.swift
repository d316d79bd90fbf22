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
    /// It could not be judged now: the clock jumped, or the certificate of its signature could not be fetched.
    case postponed

    /// The place of this outcome in `allCases`.
    var index: Int {
        switch self {
        case .accepted: 0
        case .unauthorized: 1
        case .unknownEndpoint: 2
        case .methodNotAllowed: 3
        case .tooLarge: 4
        case .overloaded: 5
        case .postponed: 6
        }
    }
}
