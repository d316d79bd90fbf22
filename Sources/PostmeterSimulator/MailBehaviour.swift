/// What becomes of an agent's mail, as shares of it.
struct MailBehaviour: Sendable {
    /// Of all that is sent: refused at the first try.
    var bounced = 0.018
    /// Of all that is sent: put off at the first try.
    var deferred = 0.03
    /// Of what was put off: given up in the end.
    var givenUp = 0.1
    /// Of all: not even tried.
    var suppressed = 0.003
    /// Of all: refused by the platform.
    var refused = 0.002
    /// Of what was delivered.
    var complained = 0.0015
    /// Of what was delivered, where the platform sees it.
    var opened = 0.35
    /// Of what was opened.
    var clicked = 0.2
    /// Of what was delivered: answered by its recipient.
    var replied = 0.08
    /// Of what came in: answered by the agent.
    var answered = 0.6

    /// An agent that does its work.
    static let good = MailBehaviour()
    /// An agent with a bought list of addresses.
    static let bad = MailBehaviour(
        bounced: 0.22,
        deferred: 0.1,
        givenUp: 0.4,
        suppressed: 0.02,
        refused: 0.01,
        complained: 0.05,
        opened: 0.08,
        clicked: 0.05,
        replied: 0.01,
        answered: 0.2
    )
}
