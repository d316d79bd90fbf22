/// The webhooks that the platforms would send for a fleet at work: the same for the same seed.
///
/// A plan is pure. It hands out one webhook for each slot of `1 / rate` seconds: the earliest that is due, else
/// that of a new mail, so the rate holds from the first second on and new mail takes what the outcomes of earlier
/// mail leave. Volumes differ by agent as `1 / rank`. Outcomes come seconds after the sending; some webhooks are held
/// back behind later ones, and some are sent twice under one id, as the platforms do.
struct TrafficPlan: Sendable {
    let configuration: Configuration
    private(set) var queue = PlanQueue()
    private var generator: SeededGenerator
    private var slot = 0
    private var messages = 0
    private var webhooks = 0
    /// Seconds from an event to its webhook, where nothing holds it back.
    private static let longestLag = 0.2
    /// The upper end of each agent's part of 0 to 1.
    private let shares: [Double]

    /// What a plan is made from.
    struct Configuration: Sendable, Hashable {
        var provider: SimulatedProvider
        var agents: Int
        /// The place of the agent that misbehaves.
        var badAgent: Int?
        /// Webhooks a second.
        var rate: Double
        /// Seconds.
        var duration: Double
        var seed: UInt64
        /// What delays between events are divided by.
        var compression = 1.0
        /// The share of webhooks that are sent twice.
        var repeats = 0.01
    }

    init(_ configuration: Configuration) {
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed, stream: 1, item: 0)
        let weights = (0..<max(1, configuration.agents)).map { 1 / Double($0 + 1) }
        let total = weights.reduce(0, +)
        var sum = 0.0
        shares = weights.map { weight in
            sum += weight / total
            return sum
        }
    }

    /// How many webhooks the plan holds, repeats included.
    var count: Int {
        max(1, Int((configuration.rate * configuration.duration).rounded()))
    }

    /// The next webhook; nil at the end of the plan.
    mutating func next() -> PlannedWebhook? {
        guard slot < count else { return nil }
        let now = Int64((Double(slot) / configuration.rate * 1e9).rounded())
        slot += 1
        while true {
            if var webhook = queue.popFirst(dueBy: now) {
                webhook.sentAt = now
                planRepeat(of: webhook)
                return webhook
            }
            startMail(at: now)
        }
    }

    /// Sends some webhooks again, as a platform does that did not hear the answer in time.
    private mutating func planRepeat(of webhook: PlannedWebhook) {
        guard !webhook.isRepeat, generator.chance(configuration.repeats) else { return }
        var again = webhook
        again.isRepeat = true
        again.sentAt += nanoseconds(generator.chance(0.5) ? 0.2 : 5)
        queue.push(again)
    }

    /// Begins with a mail that happened a moment ago, so that its first webhook is due now.
    private mutating func startMail(at slot: Int64) {
        let now = slot - nanoseconds(Self.longestLag)
        if configuration.provider != .generic, generator.chance(0.002) {
            plan(.other, of: newMail(agent: drawAgent(), isInbound: false, at: now), at: now)
        } else if generator.chance(0.15) {
            receive(answering: nil, agent: drawAgent(), at: now)
        } else {
            send(answering: nil, agent: drawAgent(), at: now)
        }
    }

    /// Plans a mail that comes in, and the agent's answer to it.
    private mutating func receive(answering: SimulatedMessage?, agent: Int, at time: Int64) {
        let mail = newMail(agent: agent, isInbound: true, at: time, answers: answering?.number)
        let isAfterdraft = configuration.provider == .generic
        plan(isAfterdraft && answering != nil ? .replied : .received, of: mail, at: time)
        if isAfterdraft, generator.chance(0.1) {
            return plan(.escalated, of: mail, at: later(time, median: 4))
        }
        if generator.chance(behaviour(of: agent).answered) {
            send(answering: mail, agent: agent, at: later(time, median: 6))
        }
    }

    /// Plans a mail that goes out, and all that comes of it.
    private mutating func send(answering: SimulatedMessage?, agent: Int, at start: Int64) {
        let mail = newMail(agent: agent, isInbound: false, at: start, answers: answering?.number)
        let behaviour = behaviour(of: agent)
        var time = start
        if tellsOfTrouble, configuration.provider != .agentmail, generator.chance(behaviour.suppressed) {
            return plan(.suppressed, of: mail, at: time)
        }
        if configuration.provider == .resend, generator.chance(0.02) {
            plan(.scheduled, of: mail, at: time)
            time = later(time, median: 2)
        }
        if tellsOfTrouble, generator.chance(behaviour.refused) { return plan(.refused, of: mail, at: time) }
        if tellsOfSending { plan(.sent, of: mail, at: time) }
        if generator.chance(behaviour.bounced) {
            let sample = BounceSample.place(softOnly: false, from: &generator)
            return plan(.bounced(sample), of: mail, at: firstOutcome(after: time, median: 1.5))
        }
        if generator.chance(behaviour.deferred) {
            time = firstOutcome(after: time, median: 1.2)
            // AgentMail tells nothing of mail that is put off.
            if tellsOfTrouble, configuration.provider != .agentmail { plan(.deferred, of: mail, at: time) }
            time = later(time, median: 8)
            if generator.chance(behaviour.givenUp) {
                return plan(
                    .bounced(BounceSample.place(softOnly: true, from: &generator)),
                    of: mail,
                    at: time
                )
            }
        }
        time = firstOutcome(after: time, median: 1.8)
        plan(.delivered, of: mail, at: time)
        follow(mail, deliveredAt: time, behaviour: behaviour)
    }

    /// Plans what recipients do with a mail that they got.
    private mutating func follow(
        _ mail: SimulatedMessage,
        deliveredAt: Int64,
        behaviour: MailBehaviour
    ) {
        if configuration.provider != .agentmail, generator.chance(behaviour.opened) {
            let opened = later(deliveredAt, median: 12, spread: 0.9)
            plan(.opened, of: mail, at: opened)
            if generator.chance(behaviour.clicked) { plan(.clicked, of: mail, at: later(opened, median: 4)) }
        }
        if tellsOfTrouble, generator.chance(behaviour.complained) {
            plan(.complained, of: mail, at: later(deliveredAt, median: 10, spread: 0.9))
        } else if generator.chance(behaviour.replied) {
            receive(answering: mail, agent: mail.agent, at: later(deliveredAt, median: 15, spread: 0.8))
        }
    }

    /// Puts a webhook in the queue, behind the lag that platforms have; a few are held back behind later ones.
    private mutating func plan(_ kind: PlannedKind, of message: SimulatedMessage, at time: Int64) {
        let lag = generator.chance(0.02) ? generator.between(2, 9) : generator.between(0.02, Self.longestLag)
        queue.push(
            PlannedWebhook(
                number: webhooks,
                sentAt: time + nanoseconds(lag),
                happenedAt: time,
                kind: kind,
                message: message
            )
        )
        webhooks += 1
    }

    private mutating func newMail(
        agent: Int,
        isInbound: Bool,
        at time: Int64,
        answers: Int? = nil
    ) -> SimulatedMessage {
        defer { messages += 1 }
        let isWide = !isInbound && generator.chance(0.05)
        return SimulatedMessage(
            number: messages,
            agent: agent,
            isInbound: isInbound,
            // To the webhooks of a platform that tells of each recipient by itself, a mail has one.
            recipientCount: isWide && !configuration.provider.tellsOfEachRecipient ? 2 : 1,
            answers: answers,
            createdAt: time
        )
    }

    private mutating func drawAgent() -> Int {
        let point = generator.unit()
        return shares.firstIndex { point < $0 } ?? shares.count - 1
    }

    private func behaviour(of agent: Int) -> MailBehaviour {
        agent == configuration.badAgent ? .bad : .good
    }

    /// Whether the platform has webhooks for mail that is refused, put off or complained of; none of Afterdraft's
    /// is known.
    private var tellsOfTrouble: Bool {
        configuration.provider != .generic
    }

    /// Whether the platform has a webhook for mail that is on its way, as all but Postmark do.
    private var tellsOfSending: Bool {
        configuration.provider != .postmark
    }

    /// When the first outcome of a mail comes; at once where nothing was told before, so that new mail fills a
    /// slot of the plan with whichever platform.
    private mutating func firstOutcome(after time: Int64, median: Double) -> Int64 {
        tellsOfSending ? later(time, median: median) : time
    }

    private mutating func later(_ time: Int64, median: Double, spread: Double = 0.6) -> Int64 {
        time + nanoseconds(generator.delay(median: median, spread: spread))
    }

    private func nanoseconds(_ seconds: Double) -> Int64 {
        Int64(seconds / configuration.compression * 1e9)
    }
}
