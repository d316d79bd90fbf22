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
