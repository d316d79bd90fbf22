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
            join(message, to: key(event.internetMessageID, in: source))
        }
        return message
    }

    /// Makes a message known by the key of another name of it.
    func join(_ message: MessageContext, to key: UInt64) {
        aliases.set(
            .init(traceID: message.traceID, rootID: message.rootID, deliverID: message.deliverID), for: key)
    }

    /// The ids of the message with this Message-ID, as far as it is known here.
    func message(named id: String, _ agent: AgentHooks, from source: FoldSource) -> MessageContext {
        if let found = message(of: key(id, in: source)) { return found }
        return agent.message(source.decoding.provider.messageID(fromInternet: id) ?? id)
    }

    /// The ids of the message whose Message-ID has this key, as far as it is known here.
    func message(of key: UInt64) -> MessageContext? {
        aliases[key].map {
            hooks.message(traceID: $0.traceID, rootID: $0.rootID, deliverID: $0.deliverID)
        }
    }

    /// A Message-ID or the id of a thread as 64 bits, different for each account and platform.
    func key(_ id: String, in source: FoldSource) -> UInt64 {
        hash(id, source.mailSeed)
    }
}
