/// The fate of a received mail: the closed vocabulary of `email.outcome` on `email.conversations`.
public enum ConversationOutcome: String, Sendable, Hashable, CaseIterable {
    /// The agent answered it.
    case answered
    /// The agent handed it to a human.
    case escalated
    /// The agent could not do its work.
    case failed
    /// The agent decided that no answer is due.
    case abandoned

    /// The place of this outcome in `allCases`.
    var index: Int {
        switch self {
        case .answered: 0
        case .escalated: 1
        case .failed: 2
        case .abandoned: 3
        }
    }
}
