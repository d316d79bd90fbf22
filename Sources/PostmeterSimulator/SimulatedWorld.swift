internal import PostmeterModel

/// Who writes to whom: the names behind the numbers of a plan.
///
/// Everything is drawn from the seed and a number, so that all events of a mail agree on what it says without
/// anything being kept.
struct SimulatedWorld: Sendable {
    let provider: SimulatedProvider
    /// The domain of the agents' addresses.
    let domain: String
    /// How many digits the agents' numbers have.
    let digits: Int
    let seed: UInt64
    /// The instant that the plan's times count from.
    let epoch: UnixTime

    init(provider: SimulatedProvider, domain: String, agents: Int, seed: UInt64, epoch: UnixTime) {
        self.provider = provider
        self.domain = domain
        digits = max(3, String(agents).utf8.count)
        self.seed = seed
        self.epoch = epoch
    }

    /// The local part of the agent's address: `agent-001`.
    func agent(_ number: Int) -> String {
        Self.agentName(number, digits: digits)
    }

    static func agentName(_ number: Int, digits: Int) -> String {
        let text = String(number + 1)
        return "agent-" + String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    func address(ofAgent number: Int) -> String {
        "\(agent(number))@\(domain)"
    }

    /// The address with its name: `Agent 001 <agent-001@agents.example>`.
    func mailbox(ofAgent number: Int) -> String {
        "Agent \(agent(number).dropFirst(6)) <\(address(ofAgent: number))>"
    }

    func time(_ nanoseconds: Int64) -> UnixTime {
        let (sum, isOver) = Int64(clamping: epoch.nanoseconds).addingReportingOverflow(nanoseconds)
        return UnixTime(nanoseconds: isOver || sum < 0 ? epoch.nanoseconds : UInt64(sum))
    }

    /// What a mail says and who is at its other end; a thread keeps its people and its subject.
    func content(of message: SimulatedMessage) -> MailContent {
        MailContent(of: message, in: self)
    }

    /// The `svix-id` of a webhook: the same for each time it is sent.
    func webhookID(_ number: Int) -> String {
        var generator = SeededGenerator(seed: seed, stream: 2, item: UInt64(number))
        return "msg_" + generator.letters(27)
    }

    /// The platform's id of a mail.
    func mailID(_ number: Int) -> String {
        var generator = SeededGenerator(seed: seed, stream: 3, item: UInt64(number))
        return generator.uuid()
    }
}
