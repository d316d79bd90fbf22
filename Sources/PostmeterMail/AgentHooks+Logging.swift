import PostmeterModel
import PostmeterTracing

/// The log records of a message's events.
extension AgentHooks {
    /// Records an event as a log record, in the trace of its message, when the setting has it so.
    ///
    /// Its span is named whether the trace is sampled or not: logs are not sampled. An event that is told again
    /// is a record with the same `log.record.uid`.
    /// - Parameter message: The ids of the message that the event is about.
    package func logEvent(_ message: MessageContext, of event: MailEvent) {
        guard let log = shared.eventLog, log.takes(event.kind) else { return }
        let spanID = MessageTrace.spanID(of: event.id, kind: event.kind, root: message.rootID)
        let body = event.bounce?.sentence(event.kind) ?? event.kind.sentence
        log.record(event.kind, body: body, context: message.context(of: spanID), at: event.time) { record in
            describe(&record, event)
            record.set(
                MailAttribute.recordUID, MessageTrace.recordUID(of: event.id, span: spanID, in: message))
        }
    }

    /// The same that the event's span says.
    private func describe(_ record: inout LogAttributes, _ event: MailEvent) {
        record.set(MailAttribute.organization, identity.organization)
        record.set(MailAttribute.account, identity.account)
        record.set(MailAttribute.domain, identity.domain)
        record.set(MailAttribute.agent, identity.agent)
        record.set(MailAttribute.provider, provider.rawValue)
        record.set(MailAttribute.event, event.kind.rawValue)
        let messageID = event.messageID.isEmpty ? event.internetMessageID : event.messageID
        if !messageID.isEmpty { record.set(MailAttribute.messageID, messageID) }
        if !event.conversationID.isEmpty { record.set(MailAttribute.conversationID, event.conversationID) }
        let recipients = shared.mask.value(of: event.recipients, account: account)
        if let recipients { record.set(MailAttribute.recipient, recipients) }
        if let bounce = event.bounce {
            record.set(MailAttribute.bounceClass, bounce.class.rawValue)
            record.set(MailAttribute.bounceReason, bounce.reason.rawValue)
        }
        let said = said(of: event)
        if !said.isEmpty { record.set(MailAttribute.detail, said) }
    }
}
