import PostmeterMetrics
package import PostmeterModel
import PostmeterTracing

/// All hooks of one agent at one provider, with its handles bound.
///
/// Get it once from ``MailHooks/agent(_:provider:)`` and keep it: recording through it looks nothing up.
/// Every method may be called on any thread.
public final class AgentHooks: Sendable {
    /// Whose mail it is; past the limit of agents, `_other`.
    public let identity: MailIdentity
    /// The platform.
    public let provider: MailProvider

    let shared: HookContext
    let account: AccountHooks
    let domain: DomainHooks
    let carrier: ProviderHooks
    private let events: [Counter]
    private let conversationPlaces = LazyHandles<4, Counter>()
    private let loopPlaces = LazyHandles<3, Counter>()

    init(
        _ identity: MailIdentity, shared: HookContext, account: AccountHooks, domain: DomainHooks,
        carrier: ProviderHooks
    ) {
        self.identity = identity
        self.shared = shared
        self.account = account
        self.domain = domain
        self.carrier = carrier
        provider = carrier.provider
        events = MailEventKind.allCases.map { kind in
            shared.instruments.events.bind(
                identity.organization, identity.account, identity.domain, identity.agent,
                carrier.provider.rawValue, kind.rawValue)
        }
    }

    /// Counts an event in `email.events`, and a bounce in `email.bounces` as well.
    ///
    /// A complaint counts once, whatever the event's count. Nothing else is recorded: see ``record(_:)``.
    package func count(_ event: MailEvent) {
        var count = UInt64(max(1, event.count))
        if case .complained = event.kind { count = 1 }
        events[event.kind.index].add(count)
        if case .bounced = event.kind {
            domain.bounces(event.bounce ?? Bounce(class: .soft, reason: .other), shared.instruments).add(
                count)
        }
    }

    /// Records how long a mail took from accepted or sent until `event`, its delivery.
    ///
    /// Clocks of platforms differ by a little, so a time before `start` counts as none.
    package func recordDelivery(_ event: MailEvent, from start: UnixTime) {
        domain.deliveryDuration(event.recipientProvider, shared.instruments)
            .record(max(0, event.time.seconds(since: start)))
    }

    /// Records how long a mail waited until the reply to it was accepted.
    package func recordResponse(accepted: UnixTime, received: UnixTime) {
        domain.responseDuration(shared.instruments).record(max(0, accepted.seconds(since: received)))
    }

    /// Counts a received mail that has met its fate in `email.conversations`.
    ///
    /// Call it once a mail; within ``withProcessing(step:of:_:)`` the handle's own method does.
    public func conclude(_ outcome: ConversationOutcome) {
        let counter = conversationPlaces.handle(at: outcome.index) {
            shared.instruments.conversations.bind(
                identity.account, identity.domain, identity.agent, outcome.rawValue)
        }
        counter.add(1)
    }

    /// Counts a received mail that looks like part of a loop in `email.loop.detected`.
    package func countLoop(_ sign: LoopSign) {
        loop(sign).add(1)
    }

    /// Makes the series of `email.loop.detected`, so that the first loop shows as a change.
    package func bindLoops() {
        for sign in LoopSign.allCases { _ = loop(sign) }
    }

    private func loop(_ sign: LoopSign) -> Counter {
        loopPlaces.handle(at: sign.index) {
            shared.instruments.loopDetected.bind(
                identity.account, identity.domain, identity.agent, sign.rawValue)
        }
    }

    /// The ids of the trace of a message of this agent's provider and account.
    ///
    /// - Parameter messageID: The platform's id of the mail, with or without angle brackets.
    public func message(_ messageID: String) -> MessageContext {
        shared.message(messageID, of: self)
    }

    /// The ids of the trace of the message that an event is about.
    ///
    /// They go by the platform's id of the mail, else by its Message-ID; an event that carries neither has
    /// a trace of its own.
    public func message(of event: MailEvent) -> MessageContext {
        if !event.messageID.isEmpty { return message(event.messageID) }
        if !event.internetMessageID.isEmpty { return message(event.internetMessageID) }
        return message("event/" + event.id)
    }
}
