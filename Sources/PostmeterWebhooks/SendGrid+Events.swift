import PostmeterMail
import PostmeterModel

/// The event webhook: an array of flat objects, in which a mail's custom arguments stand beside SendGrid's own
/// fields.
extension SendGrid {
    /// The bytes of a batch: SendGrid ends one at 768 KiB.
    private static let batchLimit = 4 << 20
    /// The events of a batch.
    private static let eventLimit = 20_000
    /// The `agent_field` that stands for the first of a mail's categories.
    private static let category = "category"

    /// What an event becomes by its name; nil when it is about no mail that was sent, or about no mail at all.
    private static let kinds: [(name: StaticString, kind: MailEventKind?)] = [
        ("processed", .accepted), ("deferred", .deferred), ("delivered", .delivered), ("bounce", .bounced),
        ("dropped", .rejected), ("open", .opened), ("click", .clicked), ("spamreport", .complained),
        ("unsubscribe", .unsubscribed), ("group_unsubscribe", .unsubscribed), ("group_resubscribe", nil),
        ("account_status_change", nil),
    ]

    /// The fields that SendGrid writes itself, with which a custom argument cannot be told from it.
    private static let ownFields: Set<String> = [
        "asm_group_id", "attempt", "bounce_classification", "email", "event", "ip", "marketing_campaign_id",
        "marketing_campaign_name", "pool", "reason", "response", "send_at", "sg_content_type", "sg_event_id",
        "sg_machine_open", "sg_message_id", "smtp-id", "status", "timestamp", "tls", "type", "url",
        "url_offset", "useragent",
    ]

    /// What is wrong with the name of a custom argument; nil when nothing is.
    static func problem(withAgentField field: String) -> String? {
        if field.isEmpty { return "is empty; name the custom argument that holds a mail's agent" }
        guard ownFields.contains(field) else { return nil }
        return
            "'\(field)' is a field of SendGrid's own; name a custom argument, or category for a mail's first"
    }

    /// The events of a batch.
    ///
    /// - Throws: A failure that names the first event which cannot be read, with those that can.
    static func events(
        of webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        guard webhook.body.count <= batchLimit else {
            throw DecodeFailure(
                .tooLarge,
                "the batch has \(webhook.body.count) bytes, and one of events may have \(batchLimit)"
            )
        }
        let root = try parser.parse(webhook.body)
        guard let items = root.items else {
            throw DecodeFailure(.wrongType, "the body is not a JSON array of events")
        }
        let count = root.itemCount
        guard count <= eventLimit else {
            throw DecodeFailure(
                .tooLarge,
                "the batch has \(count) events, and one may have \(eventLimit)"
            )
        }
        let agentField = webhook.options.agentFieldOrDefault
        var events: [MailEvent] = []
        events.reserveCapacity(count)
        var unread: [(place: Int, failure: DecodeFailure)] = []
        for (index, item) in items.enumerated() {
            do throws(DecodeFailure) {
                try read(item, agentField: agentField, into: &events)
            } catch {
                unread.append((index + 1, error))
            }
        }
        guard let (place, first) = unread.first else { return events }
        let others = unread.count == 1 ? "" : "; nor can \(unread.count - 1) others be read"
        var failure = DecodeFailure(first.reason, "event \(place) of \(count): \(first.detail)\(others)")
        failure.events = events
        throw failure
    }

    private static func read(
        _ item: JSONValue,
        agentField: String,
        into events: inout [MailEvent]
    ) throws(DecodeFailure) {
        guard item.kind == .object else { throw DecodeFailure(.wrongType, "it is not an object") }
        let name = try item.requiredString("event")
        guard let form = kinds.first(where: { name.equals($0.name) }) else {
            let name = String(line: name, limit: FieldLimit.word)
            throw DecodeFailure(.unknownEvent, "event \"\(name)\" is none of SendGrid that is known here")
        }
        guard let kind = form.kind else { return }
        var event = MailEvent(
            kind: kind,
            provider: provider,
            id: String(line: try item.requiredName("sg_event_id"), limit: FieldLimit.id),
            time: try time(of: item)
        )
        try readMail(item, into: &event)
        event.mailbox = mailbox(of: item, in: agentField)
        switch kind {
        case .bounced, .deferred: readBounce(item, into: &event)
        case .rejected: readDrop(item, into: &event)
        case .opened where item["sg_machine_open"]?.boolean == true: event.detail = "machine"
        default: break
        }
        events.append(event)
    }

    /// Reads which mail it is, and whose.
    private static func readMail(_ item: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        // An address that SendGrid dropped for being none is no reason to lose the event.
        let address = MailAddress.bare(try item.requiredString("email"))
        if !address.isEmpty { event.recipients = [address] }
        // A recipient may ask for no more without a mail that led to it.
        if event.kind != .unsubscribed || item["sg_message_id"] != nil {
            let whole = try item.requiredName("sg_message_id")
            // What stands before the first dot is the id that the API gave for the mail; the rest is the path.
            let end = whole.firstIndex(of: UInt8(ascii: ".")) ?? whole.count
            let id = UnsafeBufferPointer(rebasing: whole[..<(end == 0 ? whole.count : end)])
            event.messageID = String(line: id, limit: FieldLimit.id)
        }
        event.internetMessageID = item["smtp-id"]?.utf8.map(MessageIdentifier.first) ?? ""
    }

    private static func time(of item: JSONValue) throws(DecodeFailure) -> UnixTime {
        guard let seconds = try item.required("timestamp").integer else {
            throw DecodeFailure(.wrongType, "timestamp is not a whole number")
        }
        // Before the year 2500, as other times must be too.
        guard let seconds = UInt64(exactly: seconds), seconds < 16_725_225_600 else {
            throw DecodeFailure(.badTime, "timestamp is not a number of seconds since 1970")
        }
        return UnixTime(seconds: seconds)
    }

    /// The address or the name in a custom argument, or in the first category.
    private static func mailbox(of item: JSONValue, in field: String) -> String {
        let value = field == category ? item["category"] : item[name: field]
        var items = field == category ? value?.items : nil
        guard let text = (items?.next() ?? value)?.utf8 else { return "" }
        let address = MailAddress.bare(text)
        return address.isEmpty ? String(line: text, limit: FieldLimit.id) : address
    }
}
