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
            head.withUnsafeBufferPointer { readHead(MIMEHead($0), into: &event) }
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
    private static func readPairs(_ headers: JSONValue, into event: inout MailEvent) {
        var thread = ThreadFields()
        guard let pairs = headers.items else { return }
        for pair in pairs {
            var items = pair.items
            guard let name = items?.next()?.utf8, let value = items?.next()?.utf8 else { continue }
            thread.read(name, value)
        }
        thread.put(into: &event)
    }

    private static func readHead(_ head: MIMEHead, into event: inout MailEvent) {
        var thread = ThreadFields()
        thread.messageID = head["message-id"]
        thread.inReplyTo = head["in-reply-to"]
        thread.references = head["references"]
        thread.spamFlag = head["x-mailgun-sflag"]
        thread.put(into: &event)
        if event.sender.isEmpty { event.sender = head["from"].map(MailAddress.bare) ?? "" }
    }

    /// The few header fields that matter; a value is void when what it was read from is.
    private struct ThreadFields {
        var messageID: UnsafeBufferPointer<UInt8>?
        var inReplyTo: UnsafeBufferPointer<UInt8>?
        var references: UnsafeBufferPointer<UInt8>?
        var spamFlag: UnsafeBufferPointer<UInt8>?

        mutating func read(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
            guard 10...15 ~= name.count else { return }
            if messageID == nil, name.equals(anyCase: "message-id") {
                messageID = value
            } else if inReplyTo == nil, name.equals(anyCase: "in-reply-to") {
                inReplyTo = value
            } else if references == nil, name.equals(anyCase: "references") {
                references = value
            } else if spamFlag == nil, name.equals(anyCase: "x-mailgun-sflag") {
                spamFlag = value
            }
        }

        func put(into event: inout MailEvent) {
            event.internetMessageID = messageID.map(MessageIdentifier.first) ?? ""
            event.messageID = event.internetMessageID
            event.inReplyTo =
                inReplyTo.map(MessageIdentifier.first) ?? references.map(MessageIdentifier.last) ?? ""
            event.conversationID = references.map(MessageIdentifier.first) ?? ""
            let flag = spamFlag.map { String(line: $0, limit: FieldLimit.word) } ?? ""
            if flag.lowercased().contains("yes") { event.detail = "spam" }
        }
    }
}
