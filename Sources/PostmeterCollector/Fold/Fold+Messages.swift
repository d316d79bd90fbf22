internal import PostmeterMail
internal import PostmeterModel

extension Fold {
    /// Follows a message through its events, in whatever order they come: its root span, a span an event, the
    /// log record of an event, and the time from sending to the outcome.
    ///
    /// What is recorded again after the process was killed, since no checkpoint held it, has the ids it had.
    ///
    /// A message has one root, at the first event seen, and one `deliver` span, when both its sending
    /// (accepted or sent) and its first final outcome (delivered or bounced) have been seen. `before` is the word
    /// of its ``MessageState``; nil when it has none. `answered` is the key of the mail that it was found to answer.
    func follow(
        _ event: MailEvent, _ message: MessageContext, _ before: UInt64?, answers answered: UInt64?,
        of agent: AgentHooks, from source: FoldSource, span: SpanContext?, at acceptedAt: UInt64
    ) {
        var state = MessageState(word: before ?? 0)
        if !state.hasRoot {
            // Without a header that names the mail, its thread did.
            let question =
                event.inReplyTo.isEmpty
                ? answered.flatMap { self.message(of: $0) }
                : self.message(named: event.inReplyTo, agent, from: source)
            agent.emitRoot(message, of: event, answers: question?.root)
            state.hasRoot = true
        }
        agent.emitEvent(message, of: event, servedBy: span)
        agent.logEvent(message, of: event)
        switch event.kind {
        case .accepted, .sent: noteSent(event, message, agent, &state)
        case .delivered, .bounced: noteOutcome(event, message, agent, &state)
        default: break
        }
        if state.word != before {
            messages.set(state.word, for: message.traceID.low, at: acceptedAt)
        }
    }

    private func noteSent(
        _ event: MailEvent, _ message: MessageContext, _ agent: AgentHooks, _ state: inout MessageState
    ) {
        guard !state.hasSent else { return }
        if state.hasEarlyOutcome {
            // The outcome came first and left its time: with the sending, its duration is known.
            var outcome = event
            outcome.kind = state.isEarlyBounce ? .bounced : .delivered
            outcome.time = UnixTime(nanoseconds: state.time)
            if outcome.kind == .delivered { agent.recordDelivery(outcome, from: event.time) }
            agent.emitDeliver(message, of: outcome, from: event.time)
            state.hasEarlyOutcome = false
            state.hasDeliver = true
        }
        state.hasSent = true
        state.time = event.time.nanoseconds
    }

    private func noteOutcome(
        _ event: MailEvent, _ message: MessageContext, _ agent: AgentHooks, _ state: inout MessageState
    ) {
        guard state.hasSent else {
            guard !state.hasEarlyOutcome else { return }
            state.hasEarlyOutcome = true
            state.isEarlyBounce = event.kind == .bounced
            state.time = event.time.nanoseconds
            return
        }
        let sent = UnixTime(nanoseconds: state.time)
        if event.kind == .delivered { agent.recordDelivery(event, from: sent) }
        if !state.hasDeliver {
            agent.emitDeliver(message, of: event, from: sent)
            state.hasDeliver = true
        }
    }
}
