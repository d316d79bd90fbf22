/// Bodies of Afterdraft's webhooks, in the shape that the mapping shipped for that platform assumes.
///
/// No description of the real ones was at hand: names of events, a unique id and the threading headers are public,
/// the fields are a guess.
enum SimulatedAfterdraft {
    static func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { root in
            root.member("version", "1")
            root.member("id", world.webhookID(webhook.number))
            root.member("type", type(of: webhook.kind))
            root.member("created_at", InstantText.milliseconds(world.time(webhook.happenedAt)))
            root.member("agent") { agent in
                agent.member("id", world.agent(webhook.message.agent))
                agent.member("address", world.address(ofAgent: webhook.message.agent))
            }
            root.member("message") { writeMessage(webhook, in: world, to: &$0) }
            switch webhook.kind {
            case .bounced(let place):
                root.member("bounce") { writeBounce(BounceSample.all[place], to: &$0) }
            case .escalated:
                root.member("escalation") { $0.member("reason", "refund above the agent's limit") }
            default: break
            }
        }
        return writer.bytes
    }

    /// Kinds that Afterdraft is not known to tell of are in none of its plans.
    private static func type(of kind: PlannedKind) -> String {
        switch kind {
        case .sent: "sent"
        case .delivered: "delivered"
        case .bounced: "bounced"
        case .opened: "opened"
        case .clicked: "clicked"
        case .received: "received"
        case .replied: "replied"
        case .escalated: "escalated"
        default: "updated"
        }
    }

    private static func writeMessage(
        _ webhook: PlannedWebhook, in world: SimulatedWorld, to message: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let agent = world.address(ofAgent: webhook.message.agent)
        message.member("id", world.mailID(webhook.message.number))
        message.member("message_id", content.messageID)
        message.member("conversation_id", content.threadID)
        message.member("from", webhook.message.isInbound ? content.people[0] : agent)
        message.member("to", webhook.message.isInbound ? [agent] : content.addresses)
        message.member("subject", content.subject)
        if let answers = content.answersID {
            message.member("in_reply_to", answers)
            message.member("references", [answers])
        }
    }

    private static func writeBounce(_ sample: BounceSample, to bounce: inout JSONWriter) {
        let words = sample.diagnostic.split(separator: " ")
        bounce.member("type", sample.isSoft ? "soft" : "hard")
        bounce.member("code", words.count > 1 ? Int(words[1]) ?? 0 : 0)
        bounce.member("status", words.count > 2 ? String(words[2]) : "")
        bounce.member("message", sample.diagnostic)
    }
}
