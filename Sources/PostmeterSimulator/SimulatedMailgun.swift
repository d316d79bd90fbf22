internal import PostmeterModel

/// Requests of Mailgun: events, each about one recipient, and mail that a route forwards.
///
/// Events are JSON, and mail is a form in either encoding; the signature, which stands in the body, comes with
/// ``MailgunSigner``. Events of readers name no sender, so all say whose mail it is in a user variable.
/// Source of the shapes: documentation.mailgun.com (event structure, routes).
enum SimulatedMailgun {
    static func request(of webhook: PlannedWebhook, in world: SimulatedWorld) -> SimulatedRequest {
        if webhook.kind == .received { return route(webhook, in: world) }
        var writer = JSONWriter()
        writer.object { write(webhook, in: world, to: &$0) }
        return SimulatedRequest(body: writer.bytes)
    }

    private static func write(
        _ webhook: PlannedWebhook,
        in world: SimulatedWorld,
        to data: inout JSONWriter
    ) {
        let content = world.content(of: webhook.message)
        data.member("event", name(of: webhook.kind))
        data.member("id", String(world.webhookID(webhook.number).suffix(22)))
        data.member("timestamp", Double(world.time(webhook.happenedAt).nanoseconds) / 1e9)
        data.member("recipient", content.addresses[0])
        data.member("domain") { $0.member("name", world.domain) }
        data.member("tags", [webhook.message.answers == nil ? "outreach" : "conversation"])
        data.member("user-variables") { $0.member("agent", world.address(ofAgent: webhook.message.agent)) }
        data.member("message") { message in
            message.member("headers") { headers in
                headers.member("message-id", String(content.messageID.dropFirst().dropLast()))
                if isOfReader(webhook.kind) { return }
                headers.member("from", world.mailbox(ofAgent: webhook.message.agent))
                headers.member("to", content.people[0])
                headers.member("subject", content.subject)
            }
        }
        writeOutcome(webhook.kind, to: &data)
    }

    private static func name(of kind: PlannedKind) -> String {
        switch kind {
        case .scheduled, .sent: "accepted"
        case .delivered: "delivered"
        case .deferred, .bounced, .suppressed: "failed"
        case .complained: "complained"
        case .opened: "opened"
        case .clicked: "clicked"
        case .refused: "rejected"
        // Mail that came in is no event; and what a route does with it is none of a mail that was sent.
        case .received, .replied, .escalated, .other: "delivered"
        }
    }

    private static func isOfReader(_ kind: PlannedKind) -> Bool {
        kind == .opened || kind == .clicked
    }

    private static func writeOutcome(_ kind: PlannedKind, to data: inout JSONWriter) {
        if isOfReader(kind) {
            data.member("client-info") { $0.member("client-type", "browser") }
            return
        }
        data.member("flags") { flags in
            flags.name("is-routed")
            flags.value(kind == .other)
            flags.name("is-authenticated")
            flags.value(kind != .other)
        }
        data.member("envelope") { $0.member("transport", kind == .other ? "http" : "smtp") }
        switch kind {
        case .delivered: writeStatus(250, "OK", to: &data)
        case .deferred:
            writeFailure("temporary", "greylisted", to: &data)
            writeStatus(451, "4.7.1 greylisted, try again later", to: &data)
        case .bounced(let place):
            let sample = BounceSample.all[place]
            let words = sample.diagnostic.replacing("smtp; ", with: "").split(separator: " ", maxSplits: 1)
            writeFailure("permanent", sample.isSoft ? "generic" : "bounce", to: &data)
            writeStatus(Int(words[0]) ?? 0, String(words[1]), to: &data)
        case .suppressed:
            writeFailure("permanent", "suppress-bounce", to: &data)
            writeStatus(605, "", to: &data)
        case .refused:
            data.member("reject") { $0.member("reason", "The sender's domain is not verified.") }
        default: break
        }
    }

    private static func writeFailure(_ severity: String, _ reason: String, to data: inout JSONWriter) {
        data.member("severity", severity)
        data.member("reason", reason)
    }

    private static func writeStatus(_ code: Int, _ message: String, to data: inout JSONWriter) {
        data.member("delivery-status") { status in
            status.member("code", code)
            status.member("message", message)
            status.member("description", code == 605 ? "Not delivering to previously bounced address" : "")
            status.member("attempt-no", 1)
        }
    }

    private static func route(_ webhook: PlannedWebhook, in world: SimulatedWorld) -> SimulatedRequest {
        let content = world.content(of: webhook.message)
        var headers = JSONWriter()
        headers.array { list in
            func write(_ name: String, _ value: String) {
                list.array { pair in
                    pair.value(name)
                    pair.value(value)
                }
            }
            write("From", content.people[0])
            write("Message-Id", content.messageID)
            if let answers = content.answersID {
                write("In-Reply-To", answers)
                write("References", answers)
            }
        }
        var form = FormWriter(boundary: String(world.webhookID(webhook.number).suffix(24)))
        form.add("recipient", world.address(ofAgent: webhook.message.agent))
        form.add("sender", content.addresses[0])
        form.add("from", content.people[0])
        form.add("subject", content.subject)
        form.add("Message-Id", content.messageID)
        form.add("message-headers", String(decoding: headers.bytes, as: UTF8.self))
        form.add("body-plain", "Hello,\n\nthank you for your mail. I have one more question.\n")
        // Mailgun sends a multipart form for mail with attachments.
        return webhook.message.number.isMultiple(of: 3) ? form.multipart : form.encoded
    }
}
