package import PostmeterMail
package import PostmeterModel

/// Webhooks of AgentMail.
///
/// Signed as Standard Webhooks with `svix-` headers; one event a request, which names its recipients. The
/// inbox is the agent's mailbox, and its id mostly the address itself. Times: `timestamp` of the event's own
/// object.
/// Source: docs.agentmail.to/events, and the event definitions of AgentMail's API description.
package struct AgentMail: WebhookProvider {
    package static let provider = MailProvider.agentmail

    package static func readHeaders(_ options: WebhookOptions) -> [String] { StandardWebhooks.headers }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { StandardWebhooks.idHeaders }

    /// An event by name: what it means, where its object stands, and the verdict that the name gives.
    private struct Form: Sendable {
        let name: StaticString
        let kind: MailEventKind
        let object: StaticString
        let verdict: String

        init(_ name: StaticString, _ kind: MailEventKind, _ object: StaticString, verdict: String = "") {
            self.name = name
            self.kind = kind
            self.object = object
            self.verdict = verdict
        }
    }

    private static let forms: [Form] = [
        Form("message.received", .received, "message"),
        Form("message.sent", .sent, "send"),
        Form("message.delivered", .delivered, "delivery"),
        Form("message.opened", .opened, "open"),
        Form("message.bounced", .bounced, "bounce"),
        Form("message.complained", .complained, "complaint"),
        Form("message.rejected", .rejected, "reject"),
        Form("message.received.spam", .received, "message", verdict: "spam"),
        Form("message.received.blocked", .received, "message", verdict: "blocked"),
        Form("message.received.unauthenticated", .received, "message", verdict: "unauthenticated"),
    ]

    private let signatures: StandardWebhooks

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        signatures = try setup.secrets(StandardWebhooks.init)
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        signatures.verify(headers, body: body, now: now)
    }

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        let root = try parser.parseObject(webhook.body)
        let type = try root.requiredString("event_type")
        guard let form = forms.first(where: { type.equals($0.name) }) else {
            // Domains and calendars: no mail.
            if type.begins(with: "domain.") || type.begins(with: "calendar.") { return [] }
            let name = String(line: type, limit: FieldLimit.word)
            throw DecodeFailure(
                .unknownEvent,
                "event_type \"\(name)\" is no event of AgentMail that is known here"
            )
        }
        let id = try StandardWebhooks.eventID(in: webhook.headers)
        let object = try root.requiredObject(form.object)
        let time = try object.requiredTime("timestamp", in: form.object)
        // Filled in its place: an event is too large to be moved about for each webhook.
        var events = [
            MailEvent(kind: form.kind, provider: provider, id: id, time: time, detail: form.verdict)
        ]
        try readIdentifiers(of: object, at: form.object, into: &events[0])
        switch form.kind {
        case .received:
            try readMessage(object, into: &events[0])
        case .bounced:
            return bounces(object, like: events[0])
        case .complained:
            guard readComplaint(object, into: &events[0]) else { return [] }
        case .rejected:
            let reason = object["reason"]?.text(limit: FieldLimit.sentence) ?? ""
            events[0].detail = MailAddress.masking(reason)
        default:
            readRecipients(of: object, into: &events[0])
        }
        return events
    }

    private static func readIdentifiers(
        of object: JSONValue,
        at parent: StaticString,
        into event: inout MailEvent
    ) throws(DecodeFailure) {
        let inbox = try object.requiredName("inbox_id", in: parent)
        // Only `received` names a sender; every other event is about a mail that the inbox sent.
        event.sender = MailAddress.bare(inbox)
        event.mailbox = event.sender.isEmpty ? String(line: inbox, limit: FieldLimit.id) : event.sender
        let message = try object.requiredName("message_id", in: parent)
        event.messageID = MessageIdentifier.first(in: message)
        if message.contains(UInt8(ascii: "@")) {
            event.internetMessageID = event.messageID
        }
        event.conversationID = object["thread_id"]?.text(limit: FieldLimit.id) ?? ""
    }

    private static func readMessage(
        _ message: JSONValue,
        into event: inout MailEvent
    ) throws(DecodeFailure) {
        event.sender = try message.required("from", in: "message").address ?? ""
        message["to"]?.appendAddresses(to: &event.recipients)
        message["cc"]?.appendAddresses(to: &event.recipients)
        message["bcc"]?.appendAddresses(to: &event.recipients)
        let headers = message["headers"].map(ThreadHeaders.init) ?? ThreadHeaders()
        event.isAutomatic = headers.isAutomatic
        if let text = message["in_reply_to"]?.utf8 {
            event.inReplyTo = MessageIdentifier.first(in: text)
        } else if let last = message["references"]?.items?.reduce(nil, { $1 })?.utf8 {
            // The last of the references is the mail that is answered.
            event.inReplyTo = MessageIdentifier.last(in: last)
        } else {
            event.inReplyTo = headers.answered
        }
    }

    private static func readRecipients(of object: JSONValue, into event: inout MailEvent) {
        guard let recipients = object["recipients"] else { return }
        recipients.appendAddresses(to: &event.recipients)
        event.count = max(1, recipients.itemCount)
    }

    /// Reads a complaint, which counts once however many recipients it lists; false when it says "not spam".
    private static func readComplaint(_ complaint: JSONValue, into event: inout MailEvent) -> Bool {
        guard complaint["type"]?.equals("not-spam") != true else { return false }
        complaint["recipients"]?.appendAddresses(to: &event.recipients)
        event.detail = (complaint["type"] ?? complaint["sub_type"])?.text(limit: FieldLimit.word) ?? ""
        return true
    }
}
