public import PostmeterModel
import PostmeterTracing

/// A mail that is being handed to the platform: what the body of a delivery hook works with.
public struct Delivery: ~Copyable, Sendable {
    private let agent: AgentHooks
    private var span: Span
    private var refusal: DeliveryRefusal?

    init(_ agent: AgentHooks, _ span: consuming Span) {
        self.agent = agent
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

    /// Says that the platform took the mail.
    ///
    /// - Parameter messageID: The id that the platform gave it; the span links the root of its trace.
    public mutating func accepted(messageID: String) {
        refusal = nil
        guard span.isRecording, !messageID.isEmpty else { return }
        span.set(MailAttribute.messageID, messageID)
        link(messageID)
    }

    /// Says that the platform did not take the mail; it counts as failed with this word as `error.type`.
    public mutating func refused(_ refusal: DeliveryRefusal) {
        self.refusal = refusal
    }

    /// Links the root of a message's trace, unless the span stands in that trace.
    mutating func link(_ messageID: String) {
        let root = agent.message(messageID).root
        if root.traceID != span.context.traceID { span.addLink(root) }
    }
}

extension Delivery: HookHandle {
    consuming func end(_ ending: HookEnding, at time: UnixTime, seconds: Double) {
        var ending = ending
        if case .returned = ending, let refusal { ending = .threw(errorType: refusal.rawValue) }
        agent.messaging.record(.send, ending, seconds: seconds)
        span.set(ending)
        span.end(at: time)
    }
}
