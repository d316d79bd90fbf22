/// Bodies of AgentMail's webhooks.
///
/// Source of the shapes: docs.agentmail.to/events and the event definitions of AgentMail's API description.
enum SimulatedAgentMail {
    static func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { root in
            let form = form(of: webhook.kind)
            root.member("type", "event")
            root.member("event_type", form.type)
            root.member("event_id", eventID(webhook.number, in: world))
            root.member(form.object) { object in
                switch webhook.kind {
                case .other: writeDomain(webhook, in: world, to: &object)
                case .received: writeMessage(webhook, in: world, to: &object)
                default: writeOutbound(webhook, in: world, to: &object)
                }
            }
            if webhook.kind == .received {
                root.member("thread") { writeThread(webhook, in: world, to: &$0) }
            }
        }
        return writer.bytes
    }

    /// The name of an event and of the object that holds it.
    ///
    /// Kinds that AgentMail does not tell of (scheduled, deferred, opened, clicked, suppressed, replied,
    /// escalated) are in none of its plans.
    private static func form(of kind: PlannedKind) -> (type: String, object: String) {
        switch kind {
        case .sent: ("message.sent", "send")
        case .delivered: ("message.delivered", "delivery")
        case .bounced: ("message.bounced", "bounce")
        case .complained: ("message.complained", "complaint")
        case .refused: ("message.rejected", "reject")
        case .received: ("message.received", "message")
        case .other, .scheduled, .deferred, .opened, .clicked, .suppressed, .replied, .escalated:
            ("domain.verified", "domain")
        }
    }

    private static func writeOutbound(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to object: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        object.member("inbox_id", world.address(ofAgent: webhook.message.agent))
        object.member("thread_id", content.threadID)
        object.member("message_id", content.messageID)
        object.member("timestamp", InstantText.milliseconds(world.time(webhook.happenedAt)))
        switch webhook.kind {
        case .bounced(let place):
            let sample = BounceSample.all[place]
            object.member("type", sample.type)
            object.member("sub_type", sample.subType)
            object.name("recipients")
            object.array { recipients in
                for address in content.addresses {
                    recipients.object { recipient in
                        recipient.member("address", address)
                        recipient.member("status", "bounced")
                    }
                }
            }
        case .complained:
            object.member("type", "abuse")
            object.member("sub_type", "spam")
            object.member("recipients", content.addresses)
        case .refused:
            object.member("reason", "Invalid recipient address")
        default:
            object.member("recipients", content.addresses)
        }
    }

    private static func writeMessage(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to object: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let time = InstantText.milliseconds(world.time(webhook.happenedAt))
        object.member("inbox_id", world.address(ofAgent: webhook.message.agent))
        object.member("thread_id", content.threadID)
        object.member("message_id", content.messageID)
        object.member("labels", ["received", "unread"])
        object.member("timestamp", time)
        object.member("from", content.people[0])
        object.member("to", [world.mailbox(ofAgent: webhook.message.agent)])
        object.member("subject", content.subject)
        object.member("preview", "Hello, thank you for your mail.")
        object.member("text", "Hello,\n\nthank you for your mail. I have one more question.\n")
        object.member("size", 2_048 + webhook.message.number % 4_096)
        if let answers = content.answersID {
            object.member("in_reply_to", answers)
            object.member("references", [answers])
        }
        object.member("updated_at", time)
        object.member("created_at", time)
    }

    private static func writeThread(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to thread: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let time = InstantText.milliseconds(world.time(webhook.happenedAt))
        thread.member("inbox_id", world.address(ofAgent: webhook.message.agent))
        thread.member("thread_id", content.threadID)
        thread.member("labels", ["received", "unread"])
        thread.member("timestamp", time)
        thread.member("senders", [content.people[0]])
        thread.member("recipients", [world.mailbox(ofAgent: webhook.message.agent)])
        thread.member("subject", content.subject)
        thread.member("preview", "Hello, thank you for your mail.")
        thread.member("last_message_id", content.messageID)
        thread.member("message_count", content.answersID == nil ? 1 : 2)
        thread.member("size", 2_048 + webhook.message.number % 4_096)
        thread.member("updated_at", time)
        thread.member("created_at", time)
    }

    private static func writeDomain(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to domain: inout JSONWriter
    ) {
        let time = InstantText.milliseconds(world.time(webhook.happenedAt))
        domain.member("domain_id", world.domain)
        domain.member("status", "verified")
        domain.name("feedback_enabled")
        domain.value(true)
        domain.member("records", [String]())
        domain.member("created_at", time)
        domain.member("updated_at", time)
    }

    private static func eventID(_ number: Int, in world: SimulatedWorld) -> String {
        var generator = SeededGenerator(seed: world.seed, stream: 7, item: UInt64(number))
        return "evt_" + generator.letters(24)
    }
}
