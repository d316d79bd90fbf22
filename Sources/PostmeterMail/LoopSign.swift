/// Why a received mail looks like part of a loop: `email.reason` on `email.loop.detected`.
package enum LoopSign: String, Sendable, CaseIterable {
    /// The agent's own address sent it.
    case ownAddress = "own_address"
    /// A machine sent it in answer to a mail of ours.
    case autoSubmitted = "auto_submitted"
    /// Too many mails came in its thread lately.
    case threadRate = "thread_rate"

    /// The place of this sign in `allCases`.
    var index: Int {
        switch self {
        case .ownAddress: 0
        case .autoSubmitted: 1
        case .threadRate: 2
        }
    }
}
