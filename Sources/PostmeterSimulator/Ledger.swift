/// The exact totals of the webhooks that were acknowledged, each unique one counted once.
///
/// What the collector must show for them, by the telemetry conventions:
/// - `email.events`: an event counts for its recipients where the platform lists them, else once; a complaint
///   once. A reply that comes in is `received`, unless the platform says more. A webhook about no mail counts
///   nothing.
/// - spans: `message outbound` or `message inbound` once a mail, `{event} {provider}` once an event, and
///   `deliver` once for each mail of which both a beginning (accepted or sent) and a final outcome (delivered or
///   bounced) are among them, in whichever order they came.
/// - delivery durations: one for each mail with a beginning that was delivered.
/// - links: the root of a mail that came in links the root of the mail that it answers, where the webhook names
///   that mail, which Resend's do not.
struct Ledger: Sendable {
    let provider: SimulatedProvider
    /// Unique webhooks that were acknowledged.
    private(set) var acknowledged = 0
    /// Acknowledged deliveries of webhooks that had been acknowledged before.
    private(set) var repeats = 0
    /// Unique webhooks that were about no mail.
    private(set) var others = 0
    /// Counts by event of each agent.
    private(set) var events: [[String: Int]]
    /// Recipients that bounced, by class.
    private(set) var bounces: [String: Int] = [:]
    /// Events by name: one each, whatever they count for.
    private var eventSpans: [String: Int] = [:]
    private var replies = 0
    private var isAcknowledged: [Bool] = []
    private var messages: [MessageFlags] = []

    private struct MessageFlags: OptionSet, Sendable {
        let rawValue: UInt8
        static let inbound = MessageFlags(rawValue: 1)
        static let outbound = MessageFlags(rawValue: 2)
        static let begun = MessageFlags(rawValue: 4)
        static let delivered = MessageFlags(rawValue: 8)
        static let bounced = MessageFlags(rawValue: 16)
    }

    init(provider: SimulatedProvider, agents: Int) {
        self.provider = provider
        events = Array(repeating: [:], count: agents)
    }

    /// Takes down that a webhook was acknowledged.
    mutating func note(_ webhook: PlannedWebhook) {
        while isAcknowledged.count <= webhook.number { isAcknowledged.append(false) }
        guard !isAcknowledged[webhook.number] else {
            repeats += 1
            return
        }
        isAcknowledged[webhook.number] = true
        acknowledged += 1
        guard let event = webhook.kind.event(of: provider) else {
            others += 1
            return
        }
        let count = provider.count(of: webhook)
        events[webhook.message.agent][event, default: 0] += count
        eventSpans["\(event) \(provider.label)", default: 0] += 1
        if case .bounced(let place) = webhook.kind {
            bounces[BounceSample.all[place].isSoft ? "soft" : "hard", default: 0] += count
        }
        note(webhook.message, webhook.kind)
    }

    private mutating func note(_ message: SimulatedMessage, _ kind: PlannedKind) {
        while messages.count <= message.number { messages.append([]) }
        messages[message.number].insert(message.isInbound ? .inbound : .outbound)
        switch kind {
        case .scheduled, .sent: messages[message.number].insert(.begun)
        case .delivered: messages[message.number].insert(.delivered)
        case .bounced: messages[message.number].insert(.bounced)
        case .received where message.answers != nil && provider != .resend, .replied: replies += 1
        default: break
        }
    }

    /// Whether a webhook with this number was acknowledged.
    func hasAcknowledged(_ number: Int) -> Bool {
        number < isAcknowledged.count && isAcknowledged[number]
    }

    /// The number of spans by name.
    var spans: [String: Int] {
        var spans = eventSpans
        for flags in messages where !flags.isEmpty {
            spans[flags.contains(.inbound) ? "message inbound" : "message outbound", default: 0] += 1
            if flags.contains(.begun), !flags.isDisjoint(with: [.delivered, .bounced]) {
                spans["deliver", default: 0] += 1
            }
        }
        return spans
    }

    /// How many delivery durations there are.
    var deliveryDurations: Int {
        messages.count { $0.isSuperset(of: [.begun, .delivered]) }
    }

    /// The number of links that root spans carry, by the name of the span.
    var links: [String: Int] {
        replies == 0 ? [:] : ["message inbound": replies]
    }
}
