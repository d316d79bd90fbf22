import PostmeterMail
import PostmeterModel

/// Mail that came in, as the actions of a route post it: `forward` as a form with the fields of the mail, or with
/// the raw mail in `body-mime` when the URL ends in `mime`; `store` with the fields and no attachments.
extension Mailgun {
    /// The bytes of a raw mail in which its header fields are looked for.
    private static let headLimit = 64 << 10
    /// The bytes of `message-headers`.
    private static let headersLimit = 1 << 20

    static func route(_ form: FormBody, with parser: JSONParser) throws(DecodeFailure) -> MailEvent {
        let signature = try MailgunSignature(form)
        guard let sender = form.text("sender", limit: FieldLimit.diagnostic) else {
            guard let event = form.text("event", limit: FieldLimit.word) else {
                throw DecodeFailure(.missingField, "sender is missing")
            }
            throw DecodeFailure(
                .unknownEvent,
                "event \"\(event)\" comes as a form, as those of Mailgun's webhooks of before 2018 do"
            )
        }
        guard let recipient = form.text("recipient", limit: 8 << 10) else {
            throw DecodeFailure(.missingField, "recipient is missing")
        }
        var event = try event(signature, recipient: recipient)
        event.sender = MailAddress.bare(form.text("from", limit: FieldLimit.diagnostic) ?? "")
        if event.sender.isEmpty { event.sender = MailAddress.bare(sender) }
        let found: Void? = try form.withBytes("message-headers", limit: headersLimit) {
            bytes throws(DecodeFailure) in
            readPairs(try parser.parse(bytes), into: &event)
        }
        if found == nil, let head = form.prefix("body-mime", limit: headLimit) {
            head.withUnsafeBytes { put(ThreadHeaders(header: $0), into: &event) }
        }
        return event
    }

    static func route(
        _ root: JSONValue,
        _ signature: MailgunSignature,
        with parser: JSONParser
    ) throws(DecodeFailure) -> MailEvent {
        let recipient = try root.requiredString("recipient")
        var event = try event(signature, recipient: String(line: recipient, limit: 8 << 10))
        event.sender = root["from"]?.address ?? ""
        if event.sender.isEmpty { event.sender = try root.required("sender").address ?? "" }
        guard let headers = root["message-headers"] else { return event }
        if var text = headers.utf8.map(Array.init) {
            // JSON in JSON, for which the parser forgets the document around it.
            let count = text.count
            text.append(contentsOf: repeatElement(0, count: JSONParser.padding))
            let outcome = text.withUnsafeBytes { bytes in
                Result { () throws(DecodeFailure) in
                    readPairs(
                        try parser.parse(UnsafeRawBufferPointer(rebasing: bytes[..<count])), into: &event)
                }
            }
            try outcome.get()
        } else {
            readPairs(headers, into: &event)
        }
        return event
    }

    /// The event without what the mail's header fields tell.
    ///
    /// It belongs to the mailbox that the mail was sent to, unless there are several in one request.
    private static func event(
        _ signature: MailgunSignature,
        recipient: String
    ) throws(DecodeFailure) -> MailEvent {
        guard let seconds = signature.seconds, seconds < 18_400_000_000 else {
            throw DecodeFailure(.badTime, "timestamp is not in seconds since 1970")
        }
        var event = MailEvent(
            kind: .received,
            provider: provider,
            id: signature.token,
            time: UnixTime(seconds: seconds)
        )
        event.recipients = recipient.split(separator: ",").prefix(100).map { MailAddress.bare(String($0)) }
            .filter { !$0.isEmpty }
        if event.recipients.count == 1 { event.mailbox = event.recipients[0] }
        return event
    }

    /// Reads header fields that are an array of arrays of a name and a value; junk among them is left out.
    private static func readPairs(_ pairs: JSONValue, into event: inout MailEvent) {
        guard let pairs = pairs.items else { return }
        var headers = ThreadHeaders()
        for pair in pairs {
            var items = pair.items
            guard let name = items?.next()?.utf8, let value = items?.next()?.utf8 else { continue }
            headers.note(name) { value }
            if name.equals(anyCase: "x-mailgun-sflag"), value.equals(anyCase: "yes") { event.detail = "spam" }
        }
        put(headers, into: &event)
    }

    private static func put(_ headers: ThreadHeaders, into event: inout MailEvent) {
        event.internetMessageID = headers.messageID.map(MessageIdentifier.first) ?? ""
        event.messageID = event.internetMessageID
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        event.conversationID = headers.references.map(MessageIdentifier.first) ?? ""
    }
}
