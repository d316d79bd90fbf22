/// An answer that the model wrote.
struct Draft: Sendable {
    let text: String
    let confidence: Double
    let inputTokens: Int
    let outputTokens: Int
    /// US dollars.
    let cost: Double
}

/// What stands for the client of a language model in this example.
struct Model: Sendable {
    /// It is sure of itself when it was given facts, or when it goes on with a conversation.
    func draft(answering message: Message, facts: String) async throws -> Draft {
        try await Task.sleep(for: .milliseconds(10))
        let isSure = !facts.isEmpty || !message.inReplyTo.isEmpty
        return Draft(
            text: "Dear customer, \(facts)", confidence: isSure ? 0.9 : 0.4, inputTokens: 400,
            outputTokens: 50, cost: 0.25)
    }
}
