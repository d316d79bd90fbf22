/// One mail of the simulated world; what it holds beyond this is drawn from its number.
struct SimulatedMessage: Sendable, Hashable {
    /// Its place among all mails, from 0.
    var number: Int
    /// The agent whose mail it is, from 0.
    var agent: Int
    /// Whether it came to the agent.
    var isInbound: Bool
    /// 1 or 2.
    var recipientCount: Int
    /// The number of the mail that it answers.
    var answers: Int?
    /// When the platform took it, in nanoseconds from the start of the plan.
    var createdAt: Int64
}
