/// The documents that Amazon SES publishes to a topic of Amazon SNS; ``SNSSigner`` puts them into messages.
///
/// Events come in the dialect of configuration sets (`eventType`), and inbound mail in that of receipt rules
/// (`notificationType`).
/// Source of the shapes: the Amazon SES Developer Guide, "Examples of event data that Amazon SES publishes to
/// Amazon SNS" and "Examples of notifications for Amazon SES email receiving".
enum SimulatedSES {
    static func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        // What SES publishes to see whether it may, which is about no mail and is no JSON.
        if webhook.kind == .other {
            return Array("Successfully validated SNS topic for Amazon SES event publishing.".utf8)
        }
        var writer = JSONWriter()
        writer.object { root in
            if webhook.kind == .received {
                root.member("notificationType", "Received")
                root.member("mail") { writeMail(webhook, in: world, to: &$0) }
                root.member("receipt") { writeReceipt(webhook, in: world, to: &$0) }
            } else {
                let form = form(of: webhook.kind)
                root.member("eventType", form.type)
                root.member("mail") { writeMail(webhook, in: world, to: &$0) }
                root.member(form.object) { writeObject(webhook, in: world, to: &$0) }
            }
        }
        return writer.bytes
    }

    /// The name of an event and of its object.
    ///
    /// SES does not tell of mail that is scheduled: none is in its plans.
    private static func form(of kind: PlannedKind) -> (type: String, object: String) {
        switch kind {
        case .delivered: ("Delivery", "delivery")
        case .bounced, .suppressed: ("Bounce", "bounce")
        case .deferred: ("DeliveryDelay", "deliveryDelay")
        case .complained: ("Complaint", "complaint")
        case .opened: ("Open", "open")
        case .clicked: ("Click", "click")
        case .refused: ("Reject", "reject")
        case .sent, .scheduled, .received, .replied, .escalated, .other: ("Send", "send")
        }
    }

    /// SES's id of a mail.
    private static func mailID(_ number: Int, in world: SimulatedWorld) -> String {
        "0100\(world.mailID(number))-000000"
    }

    private static func writeMail(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to mail: inout JSONWriter
    ) {
        let message = webhook.message
        let content = world.content(of: message)
        let address = world.address(ofAgent: message.agent)
        mail.member("timestamp", InstantText.milliseconds(world.time(message.createdAt)))
        mail.member("messageId", mailID(message.number, in: world))
        mail.member("source", message.isInbound ? content.addresses[0] : address)
        mail.member("destination", message.isInbound ? [address] : content.addresses)
        mail.name("headersTruncated")
        mail.value(false)
        mail.name("headers")
        mail.array { headers in
            func write(_ name: String, _ value: String) {
                headers.object { header in
                    header.member("name", name)
                    header.member("value", value)
                }
            }
            write("Message-ID", content.messageID)
            if let answers = answers(message, content, in: world) {
                write("In-Reply-To", answers)
                write("References", answers)
            }
        }
        mail.member("commonHeaders") { common in
            let mailbox = world.mailbox(ofAgent: message.agent)
            common.member("from", message.isInbound ? [content.people[0]] : [mailbox])
            common.member("to", message.isInbound ? [mailbox] : content.people)
            common.member(
                "messageId",
                message.isInbound ? content.messageID : mailID(message.number, in: world)
            )
            common.member("subject", content.subject)
        }
        guard !message.isInbound else { return }
        mail.member("tags") { tags in
            tags.member("ses:configuration-set", ["agents"])
            tags.member("ses:from-domain", [world.domain])
        }
    }

    /// What a mail answers: people answer the Message-ID that SES gave to the mail that went out.
    private static func answers(
        _ message: SimulatedMessage,
        _ content: MailContent,
        in world: SimulatedWorld
    ) -> String? {
        guard message.isInbound, let answered = message.answers else { return content.answersID }
        return "<\(mailID(answered, in: world))@email.amazonses.com>"
    }

    private static func writeReceipt(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to receipt: inout JSONWriter
    ) {
        receipt.member("timestamp", InstantText.milliseconds(world.time(webhook.happenedAt)))
        receipt.member("processingTimeMillis", 200 + webhook.number % 400)
        receipt.member("recipients", [world.address(ofAgent: webhook.message.agent)])
        for verdict in ["spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict"] {
            receipt.member(verdict) { $0.member("status", "PASS") }
        }
        receipt.member("action") { action in
            action.member("type", "SNS")
            action.member("encoding", "UTF8")
        }
    }

    private static func writeObject(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to object: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        let time = InstantText.milliseconds(world.time(webhook.happenedAt))
        switch webhook.kind {
        case .sent: return
        case .refused: return object.member("reason", "Bad content")
        default: object.member("timestamp", time)
        }
        switch webhook.kind {
        case .delivered:
            object.member("processingTimeMillis", 400 + webhook.number % 3_000)
            object.member("recipients", content.addresses)
            object.member("smtpResponse", "250 2.0.0 OK")
        case .bounced(let place):
            let sample = BounceSample.all[place]
            object.member("bounceType", sample.type)
            object.member("bounceSubType", sample.subType)
            object.member("feedbackId", feedbackID(webhook.number, in: world))
            let status = sample.isSoft ? "4.0.0" : "5.1.1"
            writeRecipients(content, "bouncedRecipients", status, sample.diagnostic, to: &object)
        case .suppressed:
            object.member("bounceType", "Permanent")
            object.member("bounceSubType", "OnAccountSuppressionList")
            object.member("feedbackId", feedbackID(webhook.number, in: world))
            writeRecipients(content, "bouncedRecipients", "5.1.1", "Address is suppressed", to: &object)
        case .deferred:
            object.member("delayType", "TransientCommunicationFailure")
            writeRecipients(
                content,
                "delayedRecipients",
                "4.4.1",
                "smtp; 421 4.4.1 connection timed out",
                to: &object
            )
        case .complained:
            object.member("feedbackId", feedbackID(webhook.number, in: world))
            object.member("complaintFeedbackType", "abuse")
            writeRecipients(content, "complainedRecipients", nil, nil, to: &object)
        default:
            object.member("ipAddress", "192.0.2.\(webhook.number % 250)")
            object.member("userAgent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101")
            if webhook.kind == .clicked {
                object.member("link", "https://\(world.domain)/tickets/\(webhook.message.number)")
            }
        }
    }

    private static func writeRecipients(
        _ content: MailContent,
        _ name: String,
        _ status: String?,
        _ diagnostic: String?,
        to object: inout JSONWriter
    ) {
        object.name(name)
        object.array { recipients in
            for address in content.addresses {
                recipients.object { recipient in
                    recipient.member("emailAddress", address)
                    if let status { recipient.member("status", status) }
                    if let diagnostic { recipient.member("diagnosticCode", diagnostic) }
                }
            }
        }
    }

    private static func feedbackID(_ number: Int, in world: SimulatedWorld) -> String {
        var generator = SeededGenerator(seed: world.seed, stream: 9, item: UInt64(number))
        return "0100\(generator.uuid())-000000"
    }
}
