/// Bodies of Resend's webhooks.
///
/// Source of the shapes: resend.com/docs/webhooks and the webhook events of Resend's OpenAPI description.
enum SimulatedResend {
    static func body(of webhook: PlannedWebhook, in world: SimulatedWorld) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { root in
            root.member("type", type(of: webhook.kind))
            root.member("created_at", InstantText.milliseconds(world.time(webhook.happenedAt)))
            root.member("data") { data in
                switch webhook.kind {
                case .other: writeContact(webhook, in: world, to: &data)
                case .received: writeReceived(webhook, in: world, to: &data)
                default: writeOutbound(webhook, in: world, to: &data)
                }
            }
        }
        return writer.bytes
    }

    private static func type(of kind: PlannedKind) -> String {
        switch kind {
        case .scheduled: "email.scheduled"
        case .sent: "email.sent"
        case .delivered: "email.delivered"
        case .deferred: "email.delivery_delayed"
        case .bounced: "email.bounced"
        case .complained: "email.complained"
        case .opened: "email.opened"
        case .clicked: "email.clicked"
        case .suppressed: "email.suppressed"
        case .refused: "email.failed"
        // Resend says neither that a mail is a reply nor what an agent did with it.
        case .received, .replied, .escalated: "email.received"
        case .other: "contact.updated"
        }
    }

    private static func writeOutbound(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to data: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        data.member("created_at", InstantText.microseconds(world.time(webhook.message.createdAt)))
        data.member("email_id", world.mailID(webhook.message.number))
        data.member("from", world.mailbox(ofAgent: webhook.message.agent))
        if let answers = content.answersID {
            data.name("headers")
            data.array { headers in
                for name in ["In-Reply-To", "References"] {
                    headers.object { header in
                        header.member("name", name)
                        header.member("value", answers)
                    }
                }
            }
        }
        data.member("subject", content.subject)
        data.member("tags") { $0.member("category", content.answersID == nil ? "outreach" : "conversation") }
        data.member("to", content.addresses)
        writeDetail(webhook, in: world, to: &data)
    }

    private static func writeDetail(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to data: inout JSONWriter
    ) {
        switch webhook.kind {
        case .bounced(let place):
            let sample = BounceSample.all[place]
            data.member("bounce") { bounce in
                bounce.member("diagnosticCode", [sample.diagnostic])
                bounce.member("message", sample.message)
                bounce.member("subType", sample.subType)
                bounce.member("type", sample.type)
            }
        case .clicked:
            data.member("click") { click in
                click.member("ipAddress", "192.0.2.\(webhook.message.number % 250 + 1)")
                click.member("link", "https://\(world.domain)/tickets/\(webhook.message.number)")
                click.member("timestamp", InstantText.milliseconds(world.time(webhook.happenedAt)))
                click.member(
                    "userAgent",
                    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
                )
            }
        case .refused:
            data.member("failed") { $0.member("reason", "reached_daily_quota") }
        case .suppressed:
            data.member("suppressed") { suppressed in
                suppressed.member("diagnosticCode", ["smtp; 550 5.1.1 user unknown"])
                suppressed.member("message", "The address bounced before and is on the suppression list.")
                suppressed.member("reason", "previous_bounce")
                suppressed.member("type", "OnAccountSuppressionList")
            }
        default: break
        }
    }

    private static func writeReceived(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to data: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        data.member("email_id", world.mailID(webhook.message.number))
        data.member("created_at", InstantText.microseconds(world.time(webhook.message.createdAt)))
        data.member("from", content.people[0])
        data.member("to", [world.address(ofAgent: webhook.message.agent)])
        data.member("bcc", [String]())
        data.member("cc", [String]())
        data.member("message_id", content.messageID)
        data.member("subject", content.subject)
        data.member("attachments", [String]())
    }

    private static func writeContact(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to data: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        data.member("id", world.mailID(webhook.message.number))
        data.member("created_at", InstantText.microseconds(world.time(webhook.message.createdAt)))
        data.member("updated_at", InstantText.microseconds(world.time(webhook.happenedAt)))
        data.member("email", content.addresses[0])
        data.name("unsubscribed")
        data.value(false)
    }
}
