import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

/// A call of a language model under way: what the body of ``AgentHooks/withLLM(model:provider:operation:_:)``
/// works with.
public struct LLMCall: ~Copyable, Sendable {
    private let agent: AgentHooks
    private let names: ModelNames
    private var use = ModelUse()
    private var span: Span

    init(_ agent: AgentHooks, _ names: ModelNames, _ span: consuming Span) {
        self.agent = agent
        self.names = names
        self.span = span
    }

    /// The context of the span `{operation} {model}`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span, for example `gen_ai.response.model`.
    ///
    /// Put no prompt, answer, subject or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }

    /// Says what the call took and cost; when it is said more than once, as for several tries, it adds up.
    ///
    /// It is recorded when the call ends, also when that is by an error or a cancellation.
    ///
    /// - Parameters:
    ///   - inputTokens: Tokens of the prompt; below 0 counts as none.
    ///   - outputTokens: Tokens of the answer; below 0 counts as none.
    ///   - cost: US dollars; nil when unknown.
    public mutating func used(inputTokens: Int, outputTokens: Int, cost: Double? = nil) {
        use.add(inputTokens: inputTokens, outputTokens: outputTokens, cost: cost)
    }
}

extension LLMCall: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        use.record(names, for: agent)
        use.describe(&span)
        if let errorType = ending.errorType {
            agent.shared.instruments.modelDuration(names.operation, names.provider, names.model, errorType)
                .record(seconds)
        }
        span.set(ending)
        span.end(at: end)
    }
}
