import PostmeterModel
import PostmeterTracing

extension AgentHooks {
    /// Works on a received mail: a span `process {step}` and its time.
    ///
    /// The span stands under the root of the mail's own trace, or under the task's span when that is in it,
    /// so steps nest. What `body` throws is rethrown and becomes `error.type`; a `CancellationError` is
    /// recorded as neither success nor failure.
    ///
    /// - Parameters:
    ///   - step: What is done, for example `classify`: one of at most 32 names an account; later ones are
    ///     recorded as `_OTHER`. Not an id, and not free text.
    ///   - mail: The mail that is worked on.
    ///   - body: The work. Its handle takes what the models cost, and an escalation to a human.
    /// - Returns: What `body` returns.
    public func withProcessing<Success, Failure: Error>(
        step: String, of mail: IncomingMail, _ body: (inout Processing) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let step = account.steps.admit(step)
        return try await shared.run(
            { start in
                let message = message(mail.messageID)
                var span = shared.startSpan(step.spanName, kind: .consumer, of: message, at: start)
                if span.isRecording {
                    describe(&span, .process, messageID: mail.messageID, conversationID: mail.conversationID)
                    span.set(MailAttribute.step, step.step)
                }
                return Processing(self, step: step, message, span)
            }, body)
    }
}
