internal import PostmeterFleet
internal import PostmeterMail
internal import PostmeterMetrics
internal import PostmeterModel

/// What becomes of mails: whether received ones are answered, whether sent ones have an outcome, and whether
/// they go round in circles.
extension Fold {
    /// Notes what an event begins to wait for and what it ends; `before` is the word of its message's
    /// ``MessageState``.
    ///
    /// - Returns: the key of the received mail that the event answers; nil when none waits for it.
    func settle(
        _ event: MailEvent, _ message: MessageContext, _ before: UInt64?, of agent: FoldAgent,
        from source: FoldSource, at acceptedAt: UInt64
    ) -> UInt64? {
        switch event.kind {
        case .received:
            noteReceived(event, message, of: agent, from: source, at: acceptedAt)
        case .accepted, .sent:
            let answered = conclude(.answered, event, from: source)
            // The outcome may have come before.
            if !MessageState(word: before ?? 0).hasOutcome {
                expectOutcome(event, message, of: agent, at: acceptedAt)
            }
            return answered
        case .escalated:
            conclude(.escalated, event, from: source)
        case .rejected, .failed:
            conclude(.failed, event, from: source)
            noteOutcome(of: message)
        case .delivered, .bounced, .suppressed, .complained:
            noteOutcome(of: message)
        case .autoresponded, .replied, .deferred, .opened, .clicked, .unsubscribed:
            break
        }
        return nil
    }

    private func noteReceived(
        _ event: MailEvent, _ message: MessageContext, of agent: FoldAgent, from source: FoldSource,
        at acceptedAt: UInt64
    ) {
        let thread = event.conversationID.isEmpty ? event.inReplyTo : event.conversationID
        let threadKey = thread.isEmpty ? nil : key(thread, in: source)
        noteLoops(event, thread: threadKey, of: agent, from: source, at: acceptedAt)
        // No answer is due to a machine.
        guard !event.isAutomatic, let number = agent.number else { return }
        let id = event.internetMessageID.isEmpty ? event.messageID : event.internetMessageID
        guard !id.isEmpty else { return }
        let mail = key(id, in: source)
        let word = WaitingMail(time: event.time.nanoseconds, agent: number).word
        _ = waiting.conversations.set(word, for: mail, since: acceptedAt)
        guard let threadKey else { return }
        // The thread waits for as long as its newest mail does.
        _ = waiting.threads.remove(threadKey)
        _ = waiting.threads.set(mail, for: threadKey, since: acceptedAt)
        // So that an answer that names the thread alone finds the trace.
        join(message, to: mail)
    }

    /// Ends the wait of the received mail that an event is about, if it waits.
    ///
    /// It is found by what the event answers, else by its thread, whose newest mail is meant unless that came
    /// later than the event.
    ///
    /// - Returns: the key of the mail; nil when none waits.
    @discardableResult
    private func conclude(
        _ outcome: ConversationOutcome, _ event: MailEvent, from source: FoldSource
    ) -> UInt64? {
        guard let mail = waitingMail(of: event, from: source),
            let word = waiting.conversations.remove(mail)
        else { return nil }
        let waited = WaitingMail(word: word)
        guard let agent = agent(waited.agent) else { return mail }
        agent.conclude(outcome)
        if outcome == .answered {
            agent.recordResponse(accepted: event.time, received: UnixTime(nanoseconds: waited.time))
        }
        return mail
    }

    private func waitingMail(of event: MailEvent, from source: FoldSource) -> UInt64? {
        guard waiting.conversations.count > 0 else { return nil }
        func waits(_ name: String) -> UInt64? {
            guard !name.isEmpty else { return nil }
            let mail = key(name, in: source)
            return waiting.conversations[mail] == nil ? nil : mail
        }
        if let mail = waits(event.inReplyTo) { return mail }
        // An escalation may name the mail itself.
        if event.isInbound, let mail = waits(event.internetMessageID) ?? waits(event.messageID) {
            return mail
        }
        guard !event.conversationID.isEmpty,
            let mail = waiting.threads[key(event.conversationID, in: source)],
            let word = waiting.conversations[mail],
            WaitingMail(word: word).time <= event.time.nanoseconds
        else { return nil }
        return mail
    }

    private func expectOutcome(
        _ event: MailEvent, _ message: MessageContext, of agent: FoldAgent, at acceptedAt: UInt64
    ) {
        guard let number = agent.number, waiting.missing[message.traceID.low] == nil,
            waiting.outcomes[message.traceID.low] == nil
        else { return }
        let word = WaitingMail(time: event.time.nanoseconds, agent: number).word
        _ = waiting.outcomes.set(word, for: message.traceID.low, since: acceptedAt)
    }

    private func noteOutcome(of message: MessageContext) {
        if waiting.outcomes.remove(message.traceID.low) != nil { return }
        if let word = waiting.missing.remove(message.traceID.low) { countMissing(word, -1) }
    }

    private func noteLoops(
        _ event: MailEvent, thread: UInt64?, of agent: FoldAgent, from source: FoldSource,
        at acceptedAt: UInt64
    ) {
        if fleet.place(ofAddress: event.sender, in: source.route.account) == agent.place {
            agent.hooks.countLoop(.ownAddress)
        }
        if event.isAutomatic, !event.inReplyTo.isEmpty { agent.hooks.countLoop(.autoSubmitted) }
        guard let thread else { return }
        let count = (waiting.rates[thread] ?? 0) + 1
        _ = waiting.rates.set(count, for: thread, since: acceptedAt)
        if count > settings.watch.threadLimit { agent.hooks.countLoop(.threadRate) }
    }

    /// Ends the waits that have lasted too long by this time, once a second of it.
    ///
    /// Whole seconds are looked at, so that looking twice in one, as after a restart, ends nothing earlier.
    func expireWaits(at acceptedAt: UInt64) {
        let second = acceptedAt / 1_000_000_000
        guard second != waiting.second else { return }
        waiting.second = second
        let watch = settings.watch
        func before(_ span: UInt64) -> UInt64 {
            let time = second * 1_000_000_000
            return time > span ? time - span : 0
        }
        let abandoned = before(watch.conversationTimeout)
        while let entry = waiting.conversations.popExpired(before: abandoned) {
            agent(WaitingMail(word: entry.word).agent)?.conclude(.abandoned)
        }
        while waiting.threads.popExpired(before: abandoned) != nil {}
        while let entry = waiting.outcomes.popExpired(before: before(watch.outcomeTimeout)) {
            countMissing(entry.word, 1)
            if let gone = waiting.missing.set(entry.word, for: entry.key, since: acceptedAt) {
                countMissing(gone.word, -1)
            }
        }
        while let entry = waiting.missing.popExpired(before: before(Self.memory)) {
            countMissing(entry.word, -1)
        }
        while let entry = waiting.numbers.popExpired(before: before(Self.memory)) {
            countSkipped(entry.word, -1)
        }
        while waiting.rates.popExpired(before: before(watch.threadWindow)) != nil {}
    }

    private func agent(_ number: Int) -> AgentHooks? {
        waiting.agents.agent(number) { key in
            hooks.agent(key.identity, provider: MailProvider(rawValue: key.provider))
        }
    }

    /// Moves the gauge of the account and the platform whose mail a word stands for.
    private func countMissing(_ word: UInt64, _ change: Int) {
        guard let agent = agent(WaitingMail(word: word).agent) else { return }
        let key = MissingKey(account: agent.identity.account, provider: agent.provider)
        missing[key, default: 0] += change
        hooks.outcomesMissing(account: key.account, provider: key.provider).set(Double(missing[key] ?? 0))
    }

    /// An agent that mail is followed for; what is told of that begins at 0 here.
    func watched(_ hooks: AgentHooks, at place: Int) -> FoldAgent {
        hooks.bindLoops()
        let key = MissingKey(account: hooks.identity.account, provider: hooks.provider)
        if missing[key] == nil {
            missing[key] = 0
            self.hooks.outcomesMissing(account: key.account, provider: key.provider).set(0)
        }
        return FoldAgent(hooks: hooks, place: place, number: waiting.agents.number(of: hooks))
    }

    /// Sets the gauges of what a checkpoint says is missing.
    func countRestoredMissing() {
        waiting.missing.forEachWord { countMissing($0, 1) }
    }

    /// Whose missing outcomes are one figure.
    struct MissingKey: Hashable {
        let account: String
        let provider: MailProvider
    }
}
