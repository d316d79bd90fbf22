import Logging
import Postmeter
import ServiceLifecycle

/// Takes the mails of one mailbox, one after the other, and decides what becomes of each.
struct HelpDesk: Service {
    let agent: AgentHooks
    let platform: Platform
    let model: Model
    let logger: Logger

    func run() async throws {
        for await message in platform.inbox.cancelOnGracefulShutdown() {
            await take(message)
        }
    }

    private func take(_ message: Message) async {
        let mail = IncomingMail(
            messageID: message.id, inReplyTo: message.inReplyTo, conversationID: message.thread,
            receivedAt: message.time)
        // No webhook tells a collector of this mail, so the service counts the event itself.
        agent.record(
            MailEvent(
                kind: .received, provider: .agentmail, id: "received/\(message.id)", time: message.time,
                messageID: message.id, inReplyTo: message.inReplyTo, conversationID: message.thread))
        do {
            try await agent.withReception(of: mail) { _ in try await platform.store(message) }
            let needsAnswer = await agent.withProcessing(step: "classify", of: mail) { step in
                guard message.isAutomatic else { return true }
                step.conclude(.abandoned)
                return false
            }
            if needsAnswer { try await answer(message, mail) }
        } catch {
            // The spans and figures of what failed have the error's type already.
            logger.error("mail not answered", error: error)
            agent.conclude(.failed)
        }
    }

    private func answer(_ message: Message, _ mail: IncomingMail) async throws {
        try await agent.withProcessing(step: "reply", of: mail) { step in
            let draft = try await draft(message, mail)
            guard draft.confidence > 0.7 else {
                logger.notice("handed to a human")
                return step.escalate(reason: "low confidence")
            }
            step.conclude(try await send(draft, answering: mail, to: message.sender) ? .answered : .failed)
        }
    }

    /// The agent's run: it may look an order up before it asks the model.
    private func draft(_ message: Message, _ mail: IncomingMail) async throws -> Draft {
        try await agent.withInvocation(of: mail) { _ in
            var facts = ""
            if let order = message.order {
                facts = try await agent.withTool("find_order") { _ in try await platform.order(order) }
            }
            return try await agent.withLLM(model: "gpt-5-mini", provider: "openai") { call in
                let draft = try await model.draft(answering: message, facts: facts)
                call.used(inputTokens: draft.inputTokens, outputTokens: draft.outputTokens, cost: draft.cost)
                return draft
            }
        }
    }

    /// Whether the platform took the answer.
    private func send(_ draft: Draft, answering mail: IncomingMail, to sender: String) async throws -> Bool {
        let outgoing = OutgoingMail(answering: mail, recipients: [sender])
        return try await agent.withDelivery(of: outgoing) { delivery in
            switch try await platform.send(draft.text, to: sender) {
            case .taken(let id):
                delivery.accepted(messageID: id)
                logger.info("answered")
                return true
            case .refused(let words):
                delivery.refused(.suppressed, detail: words)
                logger.warning("the platform did not take the answer")
                return false
            }
        }
    }
}
