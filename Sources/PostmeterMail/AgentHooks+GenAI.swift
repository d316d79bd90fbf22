import PostmeterMetrics
import PostmeterModel
import PostmeterTracing

/// The agent's reasoning: its runs, calls of language models, and tools.
///
/// Source: OpenTelemetry's GenAI conventions (semantic-conventions-genai, "Agent spans", "Metrics"). What a
/// body throws is rethrown and becomes `error.type`; a `CancellationError` is recorded as neither success nor
/// failure. No prompt and no answer is ever recorded.
extension AgentHooks {
    /// Runs the agent on a received mail: a span `invoke_agent {agent}` and its time.
    ///
    /// The span stands where a step's would: under the task's span when that is in the mail's trace.
    ///
    /// - Parameters:
    ///   - mail: The mail that the agent is run on.
    ///   - body: The run: calls of models and tools, through the hooks below.
    /// - Returns: What `body` returns.
    public func withInvocation<Success, Failure: Error>(
        of mail: IncomingMail, _ body: (inout Invocation) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        try await shared.run(
            { start in
                let message = message(mail.messageID)
                var span = shared.startSpan(
                    "invoke_agent " + identity.agent, kind: .internal, of: message, at: start)
                if span.isRecording {
                    span.set(MailAttribute.genAIOperation, "invoke_agent")
                    span.set(MailAttribute.genAIAgentID, identity.agent)
                    span.set(MailAttribute.genAIAgentName, identity.agent)
                    if !mail.conversationID.isEmpty {
                        span.set(MailAttribute.genAIConversation, mail.conversationID)
                    }
                    describe(&span)
                }
                return Invocation(self, span)
            }, body)
    }

    /// Calls a language model: a span `{operation} {model}` under the task's, its time, tokens and cost.
    ///
    /// Models, providers and operations are label values, so only the first of each are told apart (64
    /// models, 32 providers, 16 operations); later ones are `_OTHER`.
    ///
    /// - Parameters:
    ///   - model: The model that is asked, for example `gpt-5-mini`; empty when unknown.
    ///   - provider: Who runs it, for example `openai`.
    ///   - operation: The kind of call, for example `chat` or `embeddings`.
    ///   - body: The call; it tells its handle what was used.
    /// - Returns: What `body` returns.
    public func withLLM<Success, Failure: Error>(
        model: String, provider: String, operation: String = "chat",
        _ body: (inout LLMCall) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let names = ModelNames(shared, model: model, provider: provider, operation: operation)
        return try await shared.run(
            { start in
                var span = shared.startSpan(names.spanName, kind: .client, at: start)
                if span.isRecording { names.describe(&span) }
                return LLMCall(self, names, span)
            }, body)
    }

    /// Records a call of a language model that is over: a span under the task's, its time, tokens and cost.
    ///
    /// It is for clients that tell of a call afterwards; ``withLLM(model:provider:operation:_:)`` takes the
    /// time itself and knows of errors. The same limits hold.
    ///
    /// - Parameters:
    ///   - model: The model that was asked, for example `gpt-5-mini`; empty when unknown.
    ///   - provider: Who runs it, for example `openai`.
    ///   - inputTokens: Tokens of the prompt; below 0 counts as none.
    ///   - outputTokens: Tokens of the answer; below 0 counts as none.
    ///   - cost: US dollars; nil when unknown.
    ///   - duration: The time from the request to the last token; nil when unknown.
    ///   - operation: The kind of call, for example `chat` or `embeddings`.
    public func recordLLM(
        model: String, provider: String, inputTokens: Int, outputTokens: Int, cost: Double? = nil,
        duration: Duration? = nil, operation: String = "chat"
    ) {
        recordLLM(
            ModelNames(shared, model: model, provider: provider, operation: operation),
            ModelUse(inputTokens: inputTokens, outputTokens: outputTokens, cost: cost), duration,
            under: CurrentSpan.context)
    }

    /// Records a call of a model that ends now.
    func recordLLM(_ names: ModelNames, _ use: ModelUse, _ duration: Duration?, under parent: SpanContext?) {
        use.record(names, for: self)
        let seconds = duration.map { max(0, $0 / .seconds(1)) }
        if let seconds {
            let durations = shared.instruments.modelDuration
            durations(names.operation, names.provider, names.model, HookEnding.noError).record(seconds)
        }
        let end = shared.clock.unixTime(of: shared.clock.now())
        let elapsed = UInt64(min(seconds ?? 0, 1e9) * 1e9)
        let start = UnixTime(nanoseconds: end.nanoseconds > elapsed ? end.nanoseconds - elapsed : 0)
        var span = shared.tracer.startSpan(names.spanName, kind: .client, parent: parent, at: start)
        if span.isRecording {
            names.describe(&span)
            use.describe(&span)
        }
        span.end(at: end)
    }

    /// Calls a tool: a span `execute_tool {tool}` under the task's, and its time.
    ///
    /// - Parameters:
    ///   - name: The tool, for example `refund_order`: one of at most 64 names; later ones are recorded as
    ///     `_OTHER`.
    ///   - type: Where it does its work.
    ///   - callID: The model's id of the call; empty when it gave none. It goes to the span only.
    ///   - body: The call.
    /// - Returns: What `body` returns.
    public func withTool<Success, Failure: Error>(
        _ name: String, type: ToolType = .function, callID: String = "",
        _ body: (inout ToolCall) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let name = shared.tools.admit(name)
        return try await shared.run(
            { start in
                var span = shared.startSpan("execute_tool " + name, kind: .internal, at: start)
                if span.isRecording {
                    span.set(MailAttribute.genAIOperation, "execute_tool")
                    span.set(MailAttribute.genAIToolName, name)
                    span.set(MailAttribute.genAIToolType, type.rawValue)
                    if !callID.isEmpty { span.set(MailAttribute.genAIToolCallID, callID) }
                    span.set(MailAttribute.genAIAgentName, identity.agent)
                }
                return ToolCall(self, name: name, type: type, span)
            }, body)
    }
}
