package import PostmeterModel

/// The instruments that OpenTelemetry has conventions for: messaging, GenAI and HTTP.
///
/// Source: OpenTelemetry semantic conventions 1.44, "Messaging metrics", "HTTP metrics"; GenAI metrics.
extension MailConventions {
    /// Bounds in seconds for mail between parties: a tenth of a second to a day.
    package static let mailBounds: [Double] = [
        0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1_800, 3_600, 14_400, 86_400,
    ]
    /// Bounds in seconds for work within a process, as messaging and HTTP have them.
    package static let processBounds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// Bounds in seconds for a step of processing, which may wait for a model or a tool.
    package static let stepBounds: [Double] = processBounds + [30, 60, 120, 300]
    /// Bounds in tokens: the powers of four up to 4^13.
    package static let tokenBounds: [Double] = [
        1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
        67_108_864,
    ]
    /// Bounds in seconds for calls of a model: from 10 ms, doubled each.
    package static let modelBounds: [Double] = [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ]

    /// Bounds in seconds for a run of an agent: from 100 ms, doubled each.
    package static let invocationBounds: [Double] = [
        0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6,
    ]

    private static let messagingLabels = [
        MailAttribute.messagingOperation, MailAttribute.messagingSystem, MailAttribute.errorType,
    ]

    /// Mails handed to a platform.
    package var sentMessages: InstrumentDescriptor {
        counter(
            "messaging.client.sent.messages", "{message}", "Mails that a hook handed to a platform.",
            Self.messagingLabels)
    }

    /// Mails taken from a platform.
    package var consumedMessages: InstrumentDescriptor {
        counter(
            "messaging.client.consumed.messages", "{message}", "Mails that a hook took from a platform.",
            Self.messagingLabels)
    }

    /// Time of a send or receive.
    package var operationDuration: InstrumentDescriptor {
        histogram(
            "messaging.client.operation.duration", "s", "Time that sending or receiving a mail took.",
            Self.messagingLabels, Self.processBounds)
    }

    /// Time of processing.
    package var messageProcessDuration: InstrumentDescriptor {
        histogram(
            "messaging.process.duration", "s", "Time that processing a mail took.", Self.messagingLabels,
            Self.processBounds)
    }

    /// Tokens a call of a model.
    package var tokenUsage: InstrumentDescriptor {
        histogram(
            "gen_ai.client.token.usage", "{token}", "Tokens that a call of a model took in or gave out.",
            [
                MailAttribute.genAIOperation, MailAttribute.genAIProvider, MailAttribute.genAIModel,
                MailAttribute.genAITokenType,
            ], Self.tokenBounds)
    }

    /// Time of a call of a model.
    package var modelDuration: InstrumentDescriptor {
        histogram(
            "gen_ai.client.operation.duration", "s", "Time that a call of a model took.",
            [
                MailAttribute.genAIOperation, MailAttribute.genAIProvider, MailAttribute.genAIModel,
                MailAttribute.errorType,
            ], Self.modelBounds)
    }

    /// Time of a run of an agent.
    ///
    /// By account, not by `gen_ai.agent.name` as the conventions have it: a histogram of each agent would be
    /// thousands of series.
    package var invocationDuration: InstrumentDescriptor {
        histogram(
            "gen_ai.invoke_agent.duration", "s", "Time that a run of an agent took.",
            [MailAttribute.account, MailAttribute.errorType], Self.invocationBounds)
    }

    /// Time of a call of a tool.
    package var toolDuration: InstrumentDescriptor {
        histogram(
            "gen_ai.execute_tool.duration", "s", "Time that a call of a tool took.",
            [MailAttribute.genAIToolName, MailAttribute.genAIToolType, MailAttribute.errorType],
            Self.modelBounds)
    }

    /// Time of a served request.
    package var httpServerDuration: InstrumentDescriptor {
        var descriptor = histogram(
            "http.server.request.duration", "s", "Time that a request took until it was answered.",
            [
                MailAttribute.httpMethod, MailAttribute.httpRoute, MailAttribute.httpStatus,
                MailAttribute.urlScheme,
            ], Self.processBounds)
        descriptor.integerLabels = [MailAttribute.httpStatus]
        return descriptor
    }
}
