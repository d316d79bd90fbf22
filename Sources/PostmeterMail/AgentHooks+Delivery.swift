import PostmeterModel
import PostmeterTracing

extension AgentHooks {
    /// Hands a mail to the platform: a span `send`, its time, and one sent message.
    ///
    /// For a reply that is accepted, the time since the mail that it answers was received is recorded too.
    ///
    /// The span stands under the task's span, so that a reply is seen where it was made; outside of any, under
    /// the root of the mail's own trace, or else of the mail that it answers. It links the mail's own root.
    /// What `body` throws is rethrown and becomes `error.type`; a `CancellationError` is recorded as neither
    /// success nor failure.
    ///
    /// - Parameters:
    ///   - mail: The mail to be sent.
    ///   - body: The call of the platform; it tells its handle whether the mail was taken, and as what.
    /// - Returns: What `body` returns.
    public func withDelivery<Success, Failure: Error>(
        of mail: OutgoingMail, _ body: (inout Delivery) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        try await shared.run(
            { start in
                let parent = CurrentSpan.context ?? root(of: mail)
                var span = shared.tracer.startSpan("send", kind: .producer, parent: parent, at: start)
                let received = mail.answering?.receivedAt
                guard span.isRecording else { return Delivery(self, span, answering: received) }
                describe(&span, .send, messageID: mail.messageID, conversationID: mail.conversationID)
                describe(&span, recipients: mail.recipients)
                var delivery = Delivery(self, span, answering: received)
                if !mail.messageID.isEmpty { delivery.link(mail.messageID) }
                return delivery
            }, body)
    }

    /// The root that a mail's `send` stands under when the task has no span.
    private func root(of mail: OutgoingMail) -> SpanContext? {
        if !mail.messageID.isEmpty { return message(mail.messageID).root }
        return mail.answering.map { message($0.messageID).root }
    }
}
