internal import PostmeterMail
internal import PostmeterModel
internal import PostmeterWebhooks

/// Which message an event is about, whatever it is called there.
extension Fold {
    /// The ids of the message that an event is about.
    ///
    /// They go by the platform's id of the mail, else by its Message-ID, which an event that carried both has
    /// joined to it; an event that carries neither has a trace of its own.
    func message(of event: MailEvent, _ agent: AgentHooks, from source: FoldSource) -> MessageContext {
        guard !event.messageID.isEmpty else {
            guard !event.internetMessageID.isEmpty else { return agent.message(of: event) }
            return message(named: event.internetMessageID, agent, from: source)
        }
        let message = agent.message(event.messageID)
        if !event.internetMessageID.isEmpty, event.internetMessageID != event.messageID {
            aliases.set(
                .init(traceID: message.traceID, rootID: message.rootID, deliverID: message.deliverID),
                for: key(event.internetMessageID, in: source))
        }
        return message
    }

    /// The ids of the message with this Message-ID, as far as it is known here.
    func message(named id: String, _ agent: AgentHooks, from source: FoldSource) -> MessageContext {
        if let found = aliases[key(id, in: source)] {
            return hooks.message(
                traceID: found.traceID, rootID: found.rootID, deliverID: found.deliverID)
        }
        return agent.message(source.decoding.provider.messageID(fromInternet: id) ?? id)
    }

    /// A Message-ID or the id of a thread as 64 bits, different for each account and platform.
    func key(_ id: String, in source: FoldSource) -> UInt64 {
        hash(id, source.mailSeed)
    }
}
