package import PostmeterMail
package import PostmeterModel

/// Webhooks of Resend.
///
/// Signed as Standard Webhooks with `svix-` headers; one event a request. Outcomes of a mail with several
/// recipients do not say which one they are about, so each event counts once. Times: `created_at` of the
/// event, not that of `data`, which is the mail's.
/// Source: resend.com/docs/webhooks, and the webhook events of Resend's OpenAPI description.
package struct Resend: WebhookProvider {
    package static let provider = MailProvider.resend

    package static func readHeaders(_ options: WebhookOptions) -> [String] { StandardWebhooks.headers }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { StandardWebhooks.idHeaders }

    private static let kinds: [(name: StaticString, kind: MailEventKind)] = [
        ("email.sent", .sent),
        ("email.delivered", .delivered),
        ("email.received", .received),
        ("email.opened", .opened),
        ("email.clicked", .clicked),
        ("email.delivery_delayed", .deferred),
        ("email.bounced", .bounced),
        ("email.complained", .complained),
        ("email.failed", .failed),
        ("email.suppressed", .suppressed),
        ("email.scheduled", .accepted),
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
        let type = try root.requiredString("type")
        guard let kind = kind(of: type) else {
            // Contacts and domains of the account: no mail.
            if type.begins(with: "contact.") || type.begins(with: "domain.") { return [] }
            let name = String(line: type, limit: FieldLimit.word)
            throw DecodeFailure(.unknownEvent, "type \"\(name)\" is no event of Resend that is known here")
        }
        let id = try StandardWebhooks.eventID(in: webhook.headers)
        let time = try root.requiredTime("created_at")
        let data = try root.requiredObject("data")
        // Filled in its place: an event is too large to be moved about for each webhook.
        var events = [MailEvent(kind: kind, provider: provider, id: id, time: time)]
        try read(data, into: &events[0])
        return events
    }

    private static func read(_ data: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        event.messageID = String(line: try data.requiredName("email_id", in: "data"), limit: FieldLimit.id)
        event.sender = try data.required("from", in: "data").address ?? ""
        try data.required("to", in: "data").appendAddresses(to: &event.recipients)
        if event.kind == .received {
            data["cc"]?.appendAddresses(to: &event.recipients)
            data["bcc"]?.appendAddresses(to: &event.recipients)
        }
        readIdentifiers(of: data, into: &event)
        readDetail(of: data, into: &event)
    }

    private static func kind(of type: UnsafeBufferPointer<UInt8>) -> MailEventKind? {
        for (name, kind) in kinds where type.equals(name) {
            return kind
        }
        return nil
    }

    private static func readIdentifiers(of data: JSONValue, into event: inout MailEvent) {
        let headers = data["headers"].map(ThreadHeaders.init)
        if let text = data["message_id"]?.utf8 ?? headers?.messageID {
            event.internetMessageID = MessageIdentifier.first(in: text)
        }
        guard let headers else { return }
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        if let references = headers.references {
            event.conversationID = MessageIdentifier.first(in: references)
        }
    }

    private static func readDetail(of data: JSONValue, into event: inout MailEvent) {
        switch event.kind {
        case .bounced:
            readBounce(data["bounce"], into: &event)
        case .failed:
            let reason = data["failed"]?["reason"]?.text(limit: FieldLimit.sentence) ?? ""
            event.detail = MailAddress.masking(reason)
        case .suppressed:
            let suppressed = data["suppressed"]
            event.detail = (suppressed?["reason"] ?? suppressed?["type"])?.text(limit: FieldLimit.word) ?? ""
        default:
            break
        }
    }

    /// Reads `bounce`, which older events send without a type.
    private static func readBounce(_ bounce: JSONValue?, into event: inout MailEvent) {
        let word = bounce?["subType"]?.text(limit: FieldLimit.word) ?? ""
        event.detail = word.isEmpty ? bounce?["type"]?.text(limit: FieldLimit.word) ?? "" : word
        guard !BounceClassifier.isSuppression(word) else {
            event.kind = .suppressed
            return
        }
        event.bounce = BounceClassifier.classify(
            BounceEvidence(
                said: bounce?["type"].flatMap(BounceClassifier.amazonClass),
                assumed: .hard,
                word: word,
                text: bounce.map(diagnostic) ?? ""
            )
        )
    }

    /// What the receiving server said, or else what Resend says about it.
    private static func diagnostic(of bounce: JSONValue) -> String {
        let codes = bounce["diagnosticCode"]
        var items = codes?.items
        let said = (codes?.utf8 == nil ? items?.next() : codes)?.text(limit: FieldLimit.diagnostic) ?? ""
        return said.isEmpty ? bounce["message"]?.text(limit: FieldLimit.diagnostic) ?? "" : said
    }
}
