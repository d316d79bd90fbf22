import Crypto
package import PostmeterMail
package import PostmeterModel

/// Webhooks of Postmark.
///
/// Postmark signs nothing: a secret comes with each request, see ``SharedSecrets``. One event about one
/// recipient a request. Only bounces, spam complaints and inbound mail name an address of ours; whose mail the
/// others are about is told by the mail's own metadata, under `agent` or the endpoint's `agent_field`. Times
/// have seven digits of a second and an offset; inbound mail states only the sender's `Date`, so its time is
/// that of acceptance.
/// Source: postmarkapp.com/developer/webhooks and the bounce types of Postmark's Bounce API.
package struct Postmark: WebhookProvider {
    package static let provider = MailProvider.postmark
    package static let optionNames: Set<WebhookOptions.Name> = [.agentField]
    package static let isTimed = false
    package static let bodyLimit = WebhookLimit.inboundBody

    package static func readHeaders(_ options: WebhookOptions) -> [String] { SharedSecrets.headers }

    package static func keptHeaders(_ options: WebhookOptions) -> [String] { [] }

    /// A kind of record by name, and the fields that its recipient and its time stand in.
    private struct Form: Sendable {
        let name: StaticString
        let kind: MailEventKind
        let recipient: StaticString
        let time: StaticString

        init(_ name: StaticString, _ kind: MailEventKind, _ recipient: StaticString, _ time: StaticString) {
            self.name = name
            self.kind = kind
            self.recipient = recipient
            self.time = time
        }
    }

    private static let forms: [Form] = [
        Form("Delivery", .delivered, "Recipient", "DeliveredAt"),
        Form("Open", .opened, "Recipient", "ReceivedAt"),
        Form("Click", .clicked, "Recipient", "ReceivedAt"),
        Form("Bounce", .bounced, "Email", "BouncedAt"),
        Form("SpamComplaint", .complained, "Email", "BouncedAt"),
        Form("SubscriptionChange", .unsubscribed, "Recipient", "ChangedAt"),
    ]

    /// The domain of the address that Postmark makes for each server, to which mail is forwarded.
    private static let forwardingDomain = "@inbound.postmarkapp.com"

    private let secrets: SharedSecrets

    /// Mail goes out as `<id@mtasv.net>`, unless the sender keeps a Message-ID of its own.
    package static func messageID(fromInternet id: String) -> String? {
        id.hasSuffix("@mtasv.net") ? String(id.dropLast("@mtasv.net".count)) : nil
    }

    package init(_ setup: WebhookSetup) throws(WebhookSetupError) {
        secrets = try setup.secrets(SharedSecrets.init)
    }

    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        secrets.verify(headers)
    }

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        let root = try parser.parseObject(webhook.body)
        // Inbound mail alone has no RecordType.
        let isTyped = root["RecordType"].map { $0.kind != .null } ?? false
        if !isTyped, root["FromFull"] != nil {
            return [try inbound(root, acceptedAt: webhook.acceptedAt)]
        }
        let type = try root.requiredString("RecordType")
        guard let form = forms.first(where: { type.equals($0.name) }) else {
            let name = String(line: type, limit: FieldLimit.word)
            throw DecodeFailure(
                .unknownEvent,
                "RecordType \"\(name)\" is no event of Postmark that is known here"
            )
        }
        let time = try root.requiredTime(form.time)
        // Filled in its place: an event is too large to be moved about for each webhook.
        var events = [
            MailEvent(kind: form.kind, provider: provider, id: try eventID(root, form), time: time)
        ]
        try read(root, form, agentField: webhook.options.agentFieldOrDefault, into: &events[0])
        let isMail =
            switch form.kind {
            case .bounced: try readBounce(root, into: &events[0])
            case .unsubscribed: readSubscription(root, into: &events[0])
            default: true
            }
        return isMail ? events : []
    }

    private static func read(
        _ root: JSONValue,
        _ form: Form,
        agentField: String,
        into event: inout MailEvent
    ) throws(DecodeFailure) {
        // A change of the suppression list that no mail led to has none.
        let hasMail = root["MessageID"].map { $0.kind != .null } ?? false
        if hasMail || form.kind != .unsubscribed {
            event.messageID = String(line: try root.requiredName("MessageID"), limit: FieldLimit.id)
        }
        try root.required(form.recipient).appendAddresses(to: &event.recipients)
        event.sender = root["From"]?.address ?? ""
        guard let agent = root["Metadata"]?[name: agentField]?.utf8 else { return }
        event.mailbox = MailAddress.bare(agent)
        if event.mailbox.isEmpty { event.mailbox = String(line: agent, limit: FieldLimit.id) }
    }

    /// The id of an event, the same for each delivery of it.
    ///
    /// Bounces and spam complaints have one, of one series. That of another record is a digest of what tells
    /// it from all others, since an id must not show the recipient's address.
    private static func eventID(_ root: JSONValue, _ form: Form) throws(DecodeFailure) -> String {
        if let id = root["ID"]?.integer { return "bounce-\(id)" }
        var digest = SHA256()
        digest.update(bufferPointer: UnsafeRawBufferPointer(try root.requiredString("RecordType")))
        let fields: [StaticString] = ["MessageID", form.recipient, form.time, "OriginalLink"]
        for field in fields {
            digest.update(data: [0])
            if let text = root[field]?.utf8 { digest.update(bufferPointer: UnsafeRawBufferPointer(text)) }
        }
        let digits = Array("0123456789abcdef".utf8)
        var id = Array("\(form.name)-".utf8)
        for byte in digest.finalize().prefix(16) {
            id.append(digits[Int(byte >> 4)])
            id.append(digits[Int(byte & 15)])
        }
        return String(decoding: id, as: UTF8.self)
    }

    /// Reads a change of the suppression list; false when it is no recipient's wish.
    ///
    /// A bounce and a complaint put their recipient on the list too, and have told of themselves.
    private static func readSubscription(_ root: JSONValue, into event: inout MailEvent) -> Bool {
        guard root["SuppressSending"]?.boolean == true,
            root["SuppressionReason"]?.equals("ManualSuppression") == true
        else { return false }
        // The account's own people put it there.
        let origin = root["Origin"]
        if origin?.equals("Customer") == true || origin?.equals("Admin") == true { return false }
        event.detail = origin?.text(limit: FieldLimit.word) ?? ""
        return true
    }

    private static func inbound(
        _ root: JSONValue,
        acceptedAt: UnixTime
    ) throws(DecodeFailure) -> MailEvent {
        let id = String(line: try root.requiredName("MessageID"), limit: FieldLimit.id)
        var event = MailEvent(
            kind: .received,
            provider: provider,
            id: "inbound-\(id)",
            time: acceptedAt,
            messageID: id
        )
        let from = try root.required("FromFull").address ?? ""
        event.sender = from.isEmpty ? root["From"]?.address ?? "" : from
        root["ToFull"]?.appendAddresses(to: &event.recipients)
        root["CcFull"]?.appendAddresses(to: &event.recipients)
        root["BccFull"]?.appendAddresses(to: &event.recipients)
        let original = root["OriginalRecipient"]?.address ?? ""
        if !original.isEmpty {
            if event.recipients.isEmpty { event.recipients.append(original) }
            if !original.hasSuffix(forwardingDomain) { event.mailbox = original }
        }
        guard let headers = root["Headers"].map(ThreadHeaders.init) else { return event }
        event.internetMessageID = headers.messageID.map(MessageIdentifier.first) ?? ""
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        event.conversationID = headers.references.map(MessageIdentifier.first) ?? ""
        return event
    }
}
