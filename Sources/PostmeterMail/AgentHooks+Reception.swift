import PostmeterModel
import PostmeterTracing

extension AgentHooks {
    /// Takes a mail in: a span `receive`, its time, and one consumed message.
    ///
    /// The span stands under the root of the mail's own trace, or under the task's span when that is in it.
    /// What `body` throws is rethrown and becomes `error.type`; a `CancellationError` is recorded as neither
    /// success nor failure. `email.events` is not touched: webhooks, or ``record(_:)``, count events.
    ///
    /// - Parameters:
    ///   - mail: The mail, as the platform names it.
    ///   - body: The work: to fetch, check and store the mail.
    /// - Returns: What `body` returns.
    public func withReception<Success, Failure: Error>(
        of mail: IncomingMail, _ body: (inout Reception) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        try await shared.run(
            { start in
                let message = message(mail.messageID)
                var span = shared.startSpan("receive", kind: .client, of: message, at: start)
                if span.isRecording {
                    describe(&span, .receive, messageID: mail.messageID, conversationID: mail.conversationID)
                    if !mail.inReplyTo.isEmpty { span.addLink(self.message(mail.inReplyTo).root) }
                }
                return Reception(self, message, span)
            }, body)
    }

    /// What every span of a hook says.
    func describe(
        _ span: inout Span, _ operation: MessagingOperation, messageID: String, conversationID: String
    ) {
        span.set(MailAttribute.messagingSystem, provider.rawValue)
        span.set(MailAttribute.messagingOperation, operation.rawValue)
        span.set(MailAttribute.messagingOperationType, operation.rawValue)
        describe(&span)
        if !messageID.isEmpty { span.set(MailAttribute.messageID, messageID) }
        if !conversationID.isEmpty { span.set(MailAttribute.conversationID, conversationID) }
    }
}
