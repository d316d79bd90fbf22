import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

/// A step of an agent's work on a mail: what the body of a processing hook works with.
public struct Processing: ~Copyable, Sendable {
    /// The ids of the mail's trace.
    public let message: MessageContext
    private let agent: AgentHooks
    private let step: String
    private var span: Span
    private var isConcluded = false

    init(_ agent: AgentHooks, step: String, _ message: MessageContext, _ span: consuming Span) {
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
    /// Source: OpenTelemetry's GenAI conventions. Models, providers and operations are label values, so only
    /// the first of each are told apart (64 models, 32 providers, 16 operations); later ones are `_OTHER`.
    ///
    /// - Parameters:
    ///   - model: The model that was asked, for example `gpt-5-mini`.
    ///   - provider: Who runs it, for example `openai`.
    ///   - inputTokens: Tokens of the prompt; below 0 counts as none.
    ///   - outputTokens: Tokens of the answer; below 0 counts as none.
    ///   - cost: US dollars; nil when unknown.
    ///   - duration: The time from the request to the last token; nil when unknown.
    ///   - operation: The kind of call, for example `chat` or `embeddings`.
    public mutating func recordLLM(
        model: String, provider: String, inputTokens: Int, outputTokens: Int, cost: Double? = nil,
        duration: Duration? = nil, operation: String = "chat"
    ) {
        let call = LLMCall(
            model: agent.shared.models.admit(model), provider: agent.shared.modelProviders.admit(provider),
            operation: agent.shared.modelOperations.admit(operation), inputTokens: max(0, inputTokens),
            outputTokens: max(0, outputTokens), cost: cost, seconds: duration.map { $0 / .seconds(1) })
        call.record(for: agent, under: span.context)
    }
}

extension Processing: HookHandle {
    consuming func end(_ ending: HookEnding, at time: UnixTime, seconds: Double) {
        agent.messaging.record(.process, ending, seconds: seconds)
        if let errorType = MessagingFigures.errorType(of: ending) {
            agent.shared.instruments.processingDuration(agent.identity.account, step, errorType)
                .record(seconds)
        }
        span.set(ending)
        span.end(at: time)
    }
}
