import PostmeterMetrics
import PostmeterTracing

/// What a call of a language model took and gave; what nobody told is nil and not recorded.
struct ModelUse {
    private(set) var inputTokens: Int?
    private(set) var outputTokens: Int?
    /// US dollars.
    private(set) var cost: Double?

    init() {}

    init(inputTokens: Int, outputTokens: Int, cost: Double?) {
        add(inputTokens: inputTokens, outputTokens: outputTokens, cost: cost)
    }

    /// Adds what was told; numbers below 0, and costs that are no number, count as none.
    mutating func add(inputTokens: Int, outputTokens: Int, cost: Double?) {
        self.inputTokens = (self.inputTokens ?? 0) &+ max(0, inputTokens)
        self.outputTokens = (self.outputTokens ?? 0) &+ max(0, outputTokens)
        if let cost, cost >= 0, cost < .infinity { self.cost = (self.cost ?? 0) + cost }
    }

    /// Records the figures of an agent's call.
    func record(_ names: ModelNames, for agent: AgentHooks) {
        let instruments = agent.shared.instruments
        if let inputTokens {
            instruments.tokenUsage(names.operation, names.provider, names.model, "input")
                .record(Double(inputTokens))
        }
        if let outputTokens {
            instruments.tokenUsage(names.operation, names.provider, names.model, "output")
                .record(Double(outputTokens))
        }
        if let cost {
            let identity = agent.identity
            instruments.llmCost(identity.account, identity.domain, identity.agent, names.model).add(cost)
        }
    }

    /// Says the same on the call's span.
    func describe(_ span: inout Span) {
        if let inputTokens { span.set(MailAttribute.genAIInputTokens, inputTokens) }
        if let outputTokens { span.set(MailAttribute.genAIOutputTokens, outputTokens) }
        if let cost { span.set(MailAttribute.llmCost, cost) }
    }
}
