internal import PostmeterModel

/// Requests of SendGrid: batches of its event webhook, and mail through Inbound Parse.
///
/// Events name no sender: whose mail it is stands in the custom argument `agent`. Their times are whole seconds.
/// A mail that comes in is a form without an id or a time, and each try of it has another boundary.
/// Source of the shapes: twilio.com/docs/sendgrid/for-developers.
enum SimulatedSendGrid {
    /// The most events that stand in one batch.
    static let batchLimit = 100

    static func request(of batch: [PlannedWebhook], in world: SimulatedWorld) -> SimulatedRequest {
        if batch.count == 1, batch[0].kind == .received { return inbound(batch[0], in: world) }
        var writer = JSONWriter()
        writer.array { items in
            for webhook in batch { items.object { write(webhook, in: world, to: &$0) } }
        }
        return SimulatedRequest(body: writer.bytes + Array("\r\n".utf8))
    }

    private static func write(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to item: inout JSONWriter
    ) {
        let id = String(world.webhookID(webhook.number).dropFirst(4))
        let seconds = Int(world.time(webhook.happenedAt).nanoseconds / 1_000_000_000)
        if webhook.kind == .other, webhook.number.isMultiple(of: 2) {
            item.member("event", "account_status_change")
            item.member("sg_event_id", id)
            item.member("timestamp", seconds)
            item.member("type", "compliance_suspend")
            return
        }
        let content = world.content(of: webhook.message)
        item.member("email", content.addresses[0])
        item.member("timestamp", seconds)
        item.member("event", name(of: webhook.kind))
        item.member("sg_event_id", id)
        item.member(
            "sg_message_id",
            "\(world.mailID(webhook.message.number)).filterdrecv-p3mdw1-756b745b58-18-5F5FC76C-9.0"
        )
        item.member("agent", world.address(ofAgent: webhook.message.agent))
        // One category is text, several are a list.
        if webhook.message.answers == nil {
            item.member("category", ["outreach", "simulated"])
        } else {
            item.member("category", "conversation")
        }
        writeOutcome(webhook.kind, of: content, to: &item)
    }

    private static func name(of kind: PlannedKind) -> String {
        switch kind {
        case .scheduled, .sent: "processed"
        case .delivered: "delivered"
        case .deferred: "deferred"
        case .bounced: "bounce"
        case .complained: "spamreport"
        case .opened: "open"
        case .clicked: "click"
        case .suppressed, .refused: "dropped"
        // Mail that came in is no event, and another way of being none is to be welcome again.
        case .received, .replied, .escalated, .other: "group_resubscribe"
        }
    }

    private static func writeOutcome(_ kind: PlannedKind, of content: MailContent, to item: inout JSONWriter)
    {
        switch kind {
        case .opened, .clicked:
            item.member("useragent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
            item.member("ip", "192.0.2.17")
            if kind == .clicked { item.member("url", "https://example.com/tickets") }
            return
        case .complained, .received, .other: return
        default: item.member("smtp-id", content.messageID)
        }
        switch kind {
        case .delivered: item.member("response", "250 2.0.0 OK")
        case .deferred:
            item.member("response", "451 4.7.1 greylisted, try again later")
            item.member("attempt", "1")
        case .bounced(let place): writeBounce(BounceSample.all[place], to: &item)
        case .suppressed: item.member("reason", "Bounced Address")
        case .refused: item.member("reason", "Spam Content")
        default: break
        }
    }

    private static func writeBounce(_ sample: BounceSample, to item: inout JSONWriter) {
        let answer = sample.diagnostic.replacing("smtp; ", with: "")
        item.member("reason", answer)
        item.member("status", String(answer.split(separator: " ")[1]))
        item.member("type", sample.isSoft ? "blocked" : "bounce")
        item.member("bounce_classification", sample.isSoft ? "Unclassified" : "Invalid Address")
        item.member("tls", 1)
    }

    private static func inbound(_ webhook: PlannedWebhook, in world: SimulatedWorld) -> SimulatedRequest {
        let content = world.content(of: webhook.message)
        var header = "Message-ID: \(content.messageID)\r\n"
        if let answers = content.answersID {
            header += "In-Reply-To: \(answers)\r\nReferences: \(answers)\r\n"
        }
        var envelope = JSONWriter()
        envelope.object { object in
            object.member("to", [world.address(ofAgent: webhook.message.agent)])
            object.member("from", content.addresses[0])
        }
        let fields = [
            ("headers", header + "Subject: \(content.subject)\r\n"), ("from", content.people[0]),
            ("to", world.mailbox(ofAgent: webhook.message.agent)), ("subject", content.subject),
            ("text", "Hello,\n\nthank you for your mail. I have one more question.\n"),
            ("envelope", String(decoding: envelope.bytes, as: UTF8.self)), ("sender_ip", "192.0.2.9"),
            ("attachments", "0"), ("SPF", "pass"), ("dkim", "{@example.net : pass}"),
        ]
        var generator = SeededGenerator(seed: world.seed, stream: 10, item: UInt64(webhook.sentAt))
        let boundary = generator.letters(24)
        let parts = fields.map { name, value in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        return SimulatedRequest(
            body: Array((parts.joined() + "--\(boundary)--\r\n").utf8),
            contentType: "multipart/form-data; boundary=\(boundary)"
        )
    }
}
