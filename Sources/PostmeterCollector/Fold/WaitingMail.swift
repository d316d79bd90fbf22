/// What the fold keeps of a mail that waits, packed into one word: its event's time in milliseconds, the number
/// of its agent, and two flags.
struct WaitingMail: Equatable {
    /// The word as it is kept.
    private(set) var word: UInt64

    private static let agentBits: UInt64 = 18
    private static let flagBits: UInt64 = 2

    init(word: UInt64) {
        self.word = word
    }

    /// - Parameters:
    ///   - time: Nanoseconds since the Unix epoch; good until the year 2527, to a millisecond.
    ///   - agent: The number of the agent, at most `AgentNumbers.last`.
    init(time: UInt64, agent: Int) {
        word = (time / 1_000_000) << (Self.agentBits + Self.flagBits) | UInt64(agent) << Self.flagBits
    }

    /// Nanoseconds since the Unix epoch, to a millisecond.
    var time: UInt64 { (word >> (Self.agentBits + Self.flagBits)) &* 1_000_000 }

    /// The number of the agent.
    var agent: Int { Int(word >> Self.flagBits & (1 << Self.agentBits - 1)) }
}
