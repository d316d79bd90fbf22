public import PostmeterModel
import PostmeterTracing

/// A mail that is being handed to the platform: what the body of a delivery hook works with.
public struct Delivery: ~Copyable, Sendable {
    private let agent: AgentHooks
    private var span: Span
    /// When the mail that this one answers was received.
    private let received: UnixTime?
    private var refusal: DeliveryRefusal?
    private var isAccepted = false

    init(_ agent: AgentHooks, _ span: consuming Span, answering received: UnixTime?) {
        self.agent = agent
        self.received = received
        self.span = span
    }

    /// The context of the span `send`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span.
    ///
    /// Put no body, subject or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }

    /// Says that the platform took the mail: `email.event` of the span is `accepted`.
    ///
    /// - Parameter messageID: The id that the platform gave it; the span links the root of its trace.
    public mutating func accepted(messageID: String) {
        refusal = nil
        isAccepted = true
        guard span.isRecording, !messageID.isEmpty else { return }
        span.set(MailAttribute.messageID, messageID)
        link(messageID)
    }

    /// Says that the platform did not take the mail; it counts as failed with this word as `error.type`.
    ///
    /// Of ``accepted(messageID:)`` and this the last one holds.
    ///
    /// - Parameter detail: What the platform said; it goes to the span only, cut after 512 bytes and without
    ///   addresses unless the account's privacy shows them.
    public mutating func refused(_ refusal: DeliveryRefusal, detail: String = "") {
        self.refusal = refusal
        isAccepted = false
        guard span.isRecording, !detail.isEmpty else { return }
        span.set(MailAttribute.detail, agent.shared.mask.text(detail, privacy: agent.account.privacy))
    }

    /// Links the root of a message's trace, unless the span stands in that trace.
    mutating func link(_ messageID: String) {
        let root = agent.message(messageID).root
        if root.traceID != span.context.traceID { span.addLink(root) }
    }
}

extension Delivery: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        var ending = ending
        if case .returned = ending, let refusal { ending = .threw(errorType: refusal.rawValue) }
        agent.carrier.record(.send, ending, seconds, agent.shared.instruments)
        if isAccepted, let received {
            agent.recordResponse(accepted: agent.shared.clock.unixTime(of: end), received: received)
        }
        if let outcome = refusal?.rawValue ?? (isAccepted ? MailEventKind.accepted.rawValue : nil) {
            span.set(MailAttribute.event, outcome)
        }
        span.set(ending)
        span.end(at: end)
    }
}
