import PostmeterMail
import PostmeterModel

/// Events of mail that was sent, and of mail that was stored.
extension Mailgun {
    private static let kinds: [(name: StaticString, kind: MailEventKind)] = [
        ("accepted", .accepted),
        ("delivered", .delivered),
        ("failed", .bounced),
        ("opened", .opened),
        ("clicked", .clicked),
        ("complained", .complained),
        ("unsubscribed", .unsubscribed),
        ("rejected", .rejected),
        ("stored", .received),
    ]

    /// Reasons of failures that the receiving server gave at once.
    private static let hardReasons = ["bounce", "delayed-bounce", "hardfail"]

    /// The event in `event-data`; none when it concerns no mail of an agent.
    static func events(
        of data: JSONValue,
        id: String,
        agentField: String
    ) throws(DecodeFailure) -> [MailEvent] {
        let name = try data.requiredString("event", in: "event-data")
        guard let kind = kinds.first(where: { name.equals($0.name) })?.kind else {
            // Uploads of mailing lists: no mail.
            if name.begins(with: "list_") { return [] }
            let word = String(line: name, limit: FieldLimit.word)
            throw DecodeFailure(.unknownEvent, "event \"\(word)\" is no event of Mailgun that is known here")
        }
        let time = try time(of: data)
        guard !isForwarding(data, kind) else { return [] }
        // Filled in its place: an event is too large to be moved about for each webhook.
        var events = [MailEvent(kind: kind, provider: provider, id: id, time: time)]
        try readMail(data, agentField: agentField, into: &events[0])
        switch kind {
        case .bounced:
            try readFailure(data, into: &events[0])
        case .rejected:
            let reason = data["reject"]?["reason"]?.text(limit: FieldLimit.diagnostic) ?? ""
            events[0].detail = MailAddress.masking(reason).line(limit: FieldLimit.sentence)
        default:
            break
        }
        return events
    }

    /// Seconds since 1970 with a fraction, to the microsecond.
    private static func time(of data: JSONValue) throws(DecodeFailure) -> UnixTime {
        guard let seconds = try data.required("timestamp", in: "event-data").double else {
            throw DecodeFailure(.wrongType, "event-data.timestamp is not a number")
        }
        // Up to the year 2553, as far as the nanoseconds of `UnixTime` reach.
        guard seconds >= 0, seconds < 18_400_000_000 else {
            throw DecodeFailure(.badTime, "event-data.timestamp is not in seconds since 1970")
        }
        // A double holds the seconds of this century to a quarter of a microsecond.
        return UnixTime(nanoseconds: UInt64((seconds * 1e6).rounded()) * 1_000)
    }

    /// Whether the event is about Mailgun's own handling of mail that came in.
    ///
    /// Mail that a route passes on, to a URL such as this endpoint's among others, is accepted and delivered once
    /// more; and mail that comes in is accepted from a sender who did not sign in.
    private static func isForwarding(_ data: JSONValue, _ kind: MailEventKind) -> Bool {
        let flags = data["flags"]
        if flags?["is-routed"]?.boolean == true { return true }
        if data["envelope"]?["transport"]?.equals("http") == true { return true }
        return kind == .accepted && flags?["is-authenticated"]?.boolean == false
    }

    private static func readMail(
        _ data: JSONValue,
        agentField: String,
        into event: inout MailEvent
    ) throws(DecodeFailure) {
        let message = data["message"]
        let headers = message?["headers"]
        readIdentifiers(headers, into: &event)
        if event.messageID.isEmpty, !event.kind.isOfReader {
            throw DecodeFailure(.missingField, "event-data.message.headers.message-id is missing")
        }
        event.sender = headers?["from"]?.address ?? ""
        if event.sender.isEmpty { event.sender = data["envelope"]?["sender"]?.address ?? "" }
        (data["recipient"] ?? message?["recipients"])?.appendAddresses(to: &event.recipients)
        if event.recipients.isEmpty {
            // A rejected mail has no recipient of its own.
            headers?["to"]?.appendAddresses(to: &event.recipients)
        }
        guard let agent = data["user-variables"]?[name: agentField]?.utf8 else { return }
        event.mailbox = MailAddress.bare(agent)
        if event.mailbox.isEmpty { event.mailbox = String(line: agent, limit: FieldLimit.id) }
    }

    private static func readIdentifiers(_ headers: JSONValue?, into event: inout MailEvent) {
        guard let headers = headers.map(ThreadHeaders.init) else { return }
        event.messageID = headers.messageID.map(MessageIdentifier.first) ?? ""
        event.internetMessageID = event.messageID
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        event.conversationID = headers.references.map(MessageIdentifier.first) ?? ""
    }

    /// Reads a failure: put off, given up, or not tried at all.
    private static func readFailure(_ data: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        let severity = try data.requiredString("severity", in: "event-data")
        let reason = data["reason"]?.text(limit: FieldLimit.word) ?? ""
        event.detail = reason
        let status = data["delivery-status"]
        var evidence = BounceEvidence(assumed: .soft, word: reason, text: status.map(diagnostic) ?? "")
        if severity.equals("temporary") {
            event.kind = .deferred
            evidence.said = .soft
        } else if reason.hasPrefix("suppress-") {
            event.kind = .suppressed
            return
        } else if let type = status?["bounce-type"], type.equals("hard") || type.equals("soft") {
            evidence.said = type.equals("hard") ? .hard : .soft
        } else if hardReasons.contains(reason) {
            evidence.said = .hard
        }
        event.bounce = BounceClassifier.classify(evidence)
    }

    /// The codes of a failure and what the server or Mailgun said.
    private static func diagnostic(of status: JSONValue) -> String {
        let message = status["message"]?.text(limit: FieldLimit.diagnostic) ?? ""
        var text = message.isEmpty ? status["description"]?.text(limit: FieldLimit.diagnostic) ?? "" : message
        let enhanced = (status["enhanced-code"] ?? status["bounce-code"])?.text(limit: FieldLimit.word) ?? ""
        if !enhanced.isEmpty, !text.contains(enhanced) { text = "\(enhanced) \(text)" }
        // Codes from 600 on are Mailgun's own.
        if let code = status["code"]?.integer, 400..<600 ~= code, !text.contains("\(code)") {
            text = "\(code) \(text)"
        }
        return text
    }
}

extension MailEventKind {
    /// Whether the event comes from a reader of the mail, of which Mailgun tells little.
    fileprivate var isOfReader: Bool {
        switch self {
        case .opened, .clicked, .complained, .unsubscribed: true
        default: false
        }
    }
}
