import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

/// A step of an agent's work on a mail: what the body of a processing hook works with.
public struct Processing: ~Copyable, Sendable {
    /// The ids of the mail's trace.
    public let message: MessageContext
    private let agent: AgentHooks
    private let step: StepHooks
    private var span: Span
    private var isConcluded = false

    init(_ agent: AgentHooks, step: StepHooks, _ message: MessageContext, _ span: consuming Span) {
        self.agent = agent
        self.step = step
        self.message = message
        self.span = span
    }

    /// The context of the span `process {step}`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span.
    ///
    /// Put no body, subject or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }

    /// Hands the conversation to a human: the mail's fate is `escalated`.
    ///
    /// - Parameter reason: Why, in a few words; it goes to the span only.
    public mutating func escalate(reason: String) {
        span.addEvent(
            MailEventKind.escalated.rawValue, at: agent.shared.clock.now(),
            reason.isEmpty ? [] : [Attribute(MailAttribute.reason, .string(reason))])
        conclude(.escalated)
    }

    /// Says what became of the mail, counted in `email.conversations`; the first word in a step holds.
    public mutating func conclude(_ outcome: ConversationOutcome) {
        guard !isConcluded else { return }
        isConcluded = true
        span.set(MailAttribute.outcome, outcome.rawValue)
        agent.conclude(outcome)
    }

    /// Records a call of a language model that is over: a span under this step's, its time, tokens and cost.
    ///
    /// The same as ``AgentHooks/recordLLM(model:provider:inputTokens:outputTokens:cost:duration:operation:)``,
    /// which takes the task's span.
    public mutating func recordLLM(
        model: String, provider: String, inputTokens: Int, outputTokens: Int, cost: Double? = nil,
        duration: Duration? = nil, operation: String = "chat"
    ) {
        agent.recordLLM(
            ModelNames(agent.shared, model: model, provider: provider, operation: operation),
            ModelUse(inputTokens: inputTokens, outputTokens: outputTokens, cost: cost), duration,
            under: span.context)
    }
}

extension Processing: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        let instruments = agent.shared.instruments
        agent.carrier.record(.process, ending, seconds, instruments)
        if let errorType = ending.errorType { step.duration(errorType, instruments).record(seconds) }
        span.set(ending)
        span.end(at: end)
    }
}
