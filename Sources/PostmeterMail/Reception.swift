public import PostmeterModel
import PostmeterTracing

/// A mail that is being taken in: what the body of a reception hook works with.
public struct Reception: ~Copyable, Sendable {
    /// The ids of the mail's trace.
    public let message: MessageContext
    private let agent: AgentHooks
    private var span: Span

    init(_ agent: AgentHooks, _ message: MessageContext, _ span: consuming Span) {
        self.agent = agent
        self.message = message
        self.span = span
    }

    /// The context of the span `receive`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span.
    ///
    /// Put no body, subject or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }
}

extension Reception: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        agent.carrier.record(.receive, ending, seconds, agent.shared.instruments)
        span.set(ending)
        span.end(at: end)
    }
}
