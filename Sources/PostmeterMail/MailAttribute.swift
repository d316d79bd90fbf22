/// The attribute keys of the mail conventions, each said once.
package enum MailAttribute {
    package static let organization = "email.organization"
    package static let account = "email.account"
    package static let domain = "email.domain"
    package static let agent = "email.agent"
    package static let provider = "email.provider"
    package static let event = "email.event"
    package static let bounceClass = "email.bounce.class"
    package static let bounceReason = "email.bounce.reason"
    package static let recipientProvider = "email.recipient.provider"
    package static let step = "email.step"
    package static let outcome = "email.outcome"
    package static let reason = "email.reason"
    package static let endpoint = "email.endpoint"

    /// On spans and log records only.
    package static let messageID = "email.message_id"
    /// On spans and log records only, and by the account's privacy.
    package static let recipient = "email.recipient"
    /// What the platform or the receiving server said; on spans and log records only.
    package static let detail = "email.detail"
    /// OpenTelemetry's; on log records only.
    package static let recordUID = "log.record.uid"
    /// OpenTelemetry's; on spans and log records only.
    package static let conversationID = "messaging.message.conversation_id"

    package static let errorType = "error.type"
    package static let messagingSystem = "messaging.system"
    package static let messagingOperation = "messaging.operation.name"
    package static let messagingOperationType = "messaging.operation.type"
    package static let genAIOperation = "gen_ai.operation.name"
    package static let genAIProvider = "gen_ai.provider.name"
    package static let genAIModel = "gen_ai.request.model"
    package static let genAITokenType = "gen_ai.token.type"
    package static let genAIInputTokens = "gen_ai.usage.input_tokens"
    package static let genAIOutputTokens = "gen_ai.usage.output_tokens"
    package static let genAIToolName = "gen_ai.tool.name"
    package static let genAIToolType = "gen_ai.tool.type"
    /// On spans only, as are those that follow.
    package static let genAIToolCallID = "gen_ai.tool.call.id"
    package static let genAIAgentID = "gen_ai.agent.id"
    package static let genAIAgentName = "gen_ai.agent.name"
    package static let genAIConversation = "gen_ai.conversation.id"
    /// The cost of one call, in US dollars.
    package static let llmCost = "email.llm.cost"

    package static let httpMethod = "http.request.method"
    package static let httpRoute = "http.route"
    package static let httpStatus = "http.response.status_code"
    package static let urlScheme = "url.scheme"
}
