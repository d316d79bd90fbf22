internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterWebhooks

/// What the fold keeps of one route: the handles that its events are counted with, and whose they are.
final class FoldSource {
    /// How its bodies are read.
    let decoding: DecodingSource
    /// Makes the fingerprints of this endpoint's events differ from another's.
    let seed: UInt64
    /// Makes the names of this account's mails at this platform differ from another's.
    let mailSeed: UInt64
    let figures: WebhookInstruments
    /// When the last event came; made with the first one.
    private(set) lazy var lastEvent = figures.bindLastEvent()
    /// The hooks of agents, by their place in the fleet.
    private var agents: [FoldAgent?] = []
    /// The agents of senders, which hold as long as the fleet does: it makes new sources when it changes.
    private var senders: [String: FoldAgent] = [:]
    private static let senderLimit = 16_384

    init(_ decoding: DecodingSource, seed: UInt64, mailSeed: UInt64, figures: WebhookInstruments) {
        self.decoding = decoding
        self.seed = seed
        self.mailSeed = mailSeed
        self.figures = figures
    }

    var route: Route { decoding.route }
    var mailProvider: MailProvider { decoding.mailProvider }

    /// The agent that a sender was found to be; nil before it was.
    func agent(ofSender address: String) -> FoldAgent? {
        senders[address]
    }

    /// Remembers the agent that a sender was found to be.
    func note(_ agent: FoldAgent, ofSender address: String) {
        if senders.count >= Self.senderLimit { senders.removeAll(keepingCapacity: true) }
        senders[address] = agent
    }

    /// The agent at a place, made once.
    func agent(at place: Int, orMake make: () -> FoldAgent) -> FoldAgent {
        if place < agents.count, let agent = agents[place] { return agent }
        let agent = make()
        while agents.count <= place { agents.append(nil) }
        agents[place] = agent
        return agent
    }
}
