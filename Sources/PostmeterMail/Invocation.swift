import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

/// A run of the agent under way: what the body of ``AgentHooks/withInvocation(of:_:)`` works with.
public struct Invocation: ~Copyable, Sendable {
    private let agent: AgentHooks
    private var span: Span

    init(_ agent: AgentHooks, _ span: consuming Span) {
        self.agent = agent
        self.span = span
    }

    /// The context of the span `invoke_agent {agent}`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span, for example `gen_ai.provider.name`.
    ///
    /// Put no prompt, answer, subject or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }
}

extension Invocation: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        if let errorType = ending.errorType {
            agent.shared.instruments.invocationDuration(agent.identity.account, errorType)
                .record(seconds)
        }
        span.set(ending)
        span.end(at: end)
    }
}
