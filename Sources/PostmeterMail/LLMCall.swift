import PostmeterMetrics
import PostmeterModel
import PostmeterTracing

/// A call of a language model that is over, with every name from a bounded set.
struct LLMCall {
    let model: String
    let provider: String
    let operation: String
    let inputTokens: Int
    let outputTokens: Int
    /// US dollars.
    let cost: Double?
    let seconds: Double?

    /// Records the figures and the span `{operation} {model}` under `parent`.
    func record(for agent: AgentHooks, under parent: SpanContext) {
        let instruments = agent.shared.instruments
        instruments.tokenUsage(operation, provider, model, "input").record(Double(inputTokens))
        instruments.tokenUsage(operation, provider, model, "output").record(Double(outputTokens))
        if let cost {
            let identity = agent.identity
            instruments.llmCost(identity.account, identity.domain, identity.agent, model).add(cost)
        }
        if let seconds {
            instruments.modelDuration(operation, provider, model, MessagingFigures.noError).record(seconds)
        }
        emit(agent, under: parent)
    }

    private func emit(_ agent: AgentHooks, under parent: SpanContext) {
        let end = agent.shared.clock.now()
        let elapsed = UInt64(min(max(0, seconds ?? 0), 1e9) * 1e9)
        let start = UnixTime(nanoseconds: end.nanoseconds > elapsed ? end.nanoseconds - elapsed : 0)
        var span = agent.shared.tracer.startSpan(
            "\(operation) \(model)", kind: .client, parent: parent, at: start)
        span.set(MailAttribute.genAIOperation, operation)
        span.set(MailAttribute.genAIProvider, provider)
        span.set(MailAttribute.genAIModel, model)
        span.set(MailAttribute.genAIInputTokens, inputTokens)
        span.set(MailAttribute.genAIOutputTokens, outputTokens)
        if let cost { span.set("email.llm.cost", cost) }
        span.end(at: end)
    }
}
