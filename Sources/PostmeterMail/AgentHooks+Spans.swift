package import PostmeterModel
import PostmeterTracing

/// The spans of a message's own trace, with ids and times that its events decide alone.
extension AgentHooks {
    /// Records an event that the service itself knows of: its figures, its span and its log record.
    ///
    /// It is for events that no webhook tells the collector of, or for a service that runs without one: what
    /// both count is counted twice.
    public func record(_ event: MailEvent) {
        count(event)
        let message = message(of: event)
        logEvent(message, of: event)
        guard message.root.isSampled else { return }
        if shared.roots.insert(message.rootID) {
            let answered = event.inReplyTo.isEmpty ? nil : self.message(event.inReplyTo).root
            emitRoot(message, of: event, answers: answered)
        }
        emitEvent(message, of: event)
    }

    /// Records the root of a message's trace: `message {direction}`, without length, at the event's time.
    ///
    /// It is due at the first event of a message that is seen.
    /// - Parameter answers: The root of the message that this one answers, which is linked.
    package func emitRoot(_ message: MessageContext, of event: MailEvent, answers: SpanContext? = nil) {
        guard message.flags & 1 != 0 else { return }
        let name = event.isInbound ? "message inbound" : "message outbound"
        var span = shared.tracer.startSpan(
            name, kind: .internal, context: message.root, parent: nil, at: event.time)
        describe(&span, event)
        if let answers { span.addLink(answers) }
        span.end(at: event.time)
    }

    /// Records the span of an event: `{event} {provider}`, under the root, at the event's time.
    ///
    /// - Parameter servedBy: The SERVER span of the webhook that brought the event, which is linked.
    package func emitEvent(_ message: MessageContext, of event: MailEvent, servedBy: SpanContext? = nil) {
        guard message.flags & 1 != 0 else { return }
        let spanID = MessageTrace.spanID(of: event.id, kind: event.kind, root: message.rootID)
        var span = shared.tracer.startSpan(
            carrier.spanNames[event.kind.index], kind: .consumer, context: message.context(of: spanID),
            parent: message.rootID, at: event.time)
        describe(&span, event)
        span.set(MailAttribute.event, event.kind.rawValue)
        describeOutcome(&span, event)
        if let servedBy { span.addLink(servedBy) }
        span.end(at: event.time)
    }

    /// Records the span of a delivery: `deliver`, under the root, from accepted or sent until the event.
    ///
    /// - Parameters:
    ///   - event: Delivered, or bounced, which makes the span an error.
    ///   - start: When the mail was accepted or sent.
    package func emitDeliver(_ message: MessageContext, of event: MailEvent, from start: UnixTime) {
        guard message.flags & 1 != 0 else { return }
        var span = shared.tracer.startSpan(
            "deliver", kind: .client, context: message.context(of: message.deliverID), parent: message.rootID,
            at: min(start, event.time))
        describe(&span, event)
        describeOutcome(&span, event)
        if event.kind == .bounced {
            span.set(MailAttribute.errorType, event.kind.rawValue)
            span.setStatus(.error(""))
        }
        span.end(at: event.time)
    }

    /// Whose mail it is and which: what every span of a message says.
    private func describe(_ span: inout Span, _ event: MailEvent) {
        describe(&span)
        let messageID = event.messageID.isEmpty ? event.internetMessageID : event.messageID
        if !messageID.isEmpty { span.set(MailAttribute.messageID, messageID) }
        if !event.conversationID.isEmpty { span.set(MailAttribute.conversationID, event.conversationID) }
    }

    /// Whose mail it is.
    func describe(_ span: inout Span) {
        span.set(MailAttribute.organization, identity.organization)
        span.set(MailAttribute.account, identity.account)
        span.set(MailAttribute.domain, identity.domain)
        span.set(MailAttribute.agent, identity.agent)
        span.set(MailAttribute.provider, provider.rawValue)
    }

    /// Whom the event is about and what was said.
    private func describeOutcome(_ span: inout Span, _ event: MailEvent) {
        describe(&span, recipients: event.recipients)
        if let bounce = event.bounce {
            span.set(MailAttribute.bounceClass, bounce.class.rawValue)
            span.set(MailAttribute.bounceReason, bounce.reason.rawValue)
        }
        let said = said(of: event)
        if !said.isEmpty { span.set(MailAttribute.detail, said) }
    }

    /// What the receiving server or the platform said, as the account's privacy has it; empty when nothing.
    func said(of event: MailEvent) -> String {
        let diagnostic = event.bounce?.diagnostic ?? ""
        return shared.mask.text(
            diagnostic.isEmpty ? event.detail : diagnostic, privacy: account.privacy)
    }

    /// The recipients, as the account's privacy has it.
    func describe(_ span: inout Span, recipients: [String]) {
        let masked = shared.mask.value(of: recipients, account: account)
        if let masked { span.set(MailAttribute.recipient, masked) }
    }
}
