import PostmeterMail

extension AmazonSES {
    /// Mail goes out as `<id@email.amazonses.com>` or `<id@REGION.amazonses.com>`, whatever its sender wrote.
    package static func messageID(fromInternet id: String) -> String? {
        guard let at = id.lastIndex(of: "@"), at > id.startIndex else { return nil }
        return id[at...].lowercased().hasSuffix(".amazonses.com") ? String(id[..<at]) : nil
    }

    /// Reads whose mail it is that went out.
    static func readOutbound(_ mail: JSONValue, agentField: String, into event: inout MailEvent) {
        let headers = mail["commonHeaders"]
        let from = headers?["from"]?.address ?? ""
        event.sender = from.isEmpty ? mail["source"]?.address ?? "" : from
        if let tag = mail["tags"]?[name: agentField], let text = firstText(tag) {
            event.mailbox = MailAddress.bare(text)
            if event.mailbox.isEmpty { event.mailbox = String(line: text, limit: FieldLimit.id) }
        }
        readIdentifiers(mail, into: &event)
    }

    /// Reads a mail that came in: its recipients are those of the envelope that a receipt rule took it for.
    static func readInbound(
        _ root: JSONValue,
        _ mail: JSONValue,
        into event: inout MailEvent
    ) throws(DecodeFailure) {
        let receipt = try root.requiredObject("receipt")
        let recipients = try receipt.required("recipients", in: "receipt")
        recipients.appendAddresses(to: &event.recipients)
        let from = mail["commonHeaders"]?["from"]?.address ?? ""
        event.sender = from.isEmpty ? mail["source"]?.address ?? "" : from
        event.detail = verdict(receipt)
        readIdentifiers(mail, into: &event)
    }

    /// Reads the recipients that an event counts for.
    static func readRecipients(_ recipients: JSONValue?, into event: inout MailEvent) {
        guard let recipients else { return }
        recipients.appendAddresses(to: &event.recipients)
        event.count = max(1, recipients.itemCount)
    }

    /// Reads the recipient of what SES tells of the mail as a whole: only where it has just one is it known.
    static func readOnlyRecipient(of mail: JSONValue, into event: inout MailEvent) {
        guard let recipients = mail["destination"], recipients.itemCount == 1 else { return }
        recipients.appendAddresses(to: &event.recipients)
    }

    /// Reads why SES did not send a mail.
    static func readRefusal(_ root: JSONValue, into event: inout MailEvent) {
        let reason = root["reject"]?["reason"] ?? root["failure"]?["errorMessage"]
        let text = reason?.text(limit: FieldLimit.diagnostic) ?? ""
        event.detail = MailAddress.masking(text).line(limit: FieldLimit.sentence)
    }

    /// Whether a change of what a contact wants is a refusal of more, of all mail or of a topic.
    static func isRefusal(_ subscription: JSONValue) -> Bool {
        guard let wanted = subscription["newTopicPreferences"], wanted.kind == .object else { return true }
        if wanted["unsubscribeAll"]?.boolean == true { return true }
        let before = subscription["oldTopicPreferences"]
        for topic in topics(of: wanted) where topic["subscriptionStatus"]?.equals("OptOut") == true {
            let name = topic["topicName"]?.text(limit: FieldLimit.id)
            let wasOut = topics(of: before).contains { old in
                old["topicName"]?.text(limit: FieldLimit.id) == name
                    && old["subscriptionStatus"]?.equals("OptOut") == true
            }
            if !wasOut { return true }
        }
        return false
    }

    private static func topics(of preferences: JSONValue?) -> [JSONValue] {
        (preferences?["topicSubscriptionStatus"]?.items).map { Array($0.prefix(64)) } ?? []
    }

    /// The first verdict that a mail failed.
    private static func verdict(_ receipt: JSONValue) -> String {
        func fails(_ key: StaticString) -> Bool { receipt[key]?["status"]?.equals("FAIL") == true }
        if fails("virusVerdict") { return "virus" }
        if fails("spamVerdict") { return "spam" }
        if fails("dmarcVerdict") { return "unauthenticated" }
        return ""
    }

    private static func readIdentifiers(_ mail: JSONValue, into event: inout MailEvent) {
        let headers = mail["headers"].map(ThreadHeaders.init)
        // In the common headers of mail that went out stands SES's own id of it, which is no Message-ID.
        let common = mail["commonHeaders"]?["messageId"]?.utf8
        let isID = common.map { $0.contains(UInt8(ascii: "@")) } ?? false
        event.internetMessageID = (isID ? common : headers?.messageID).map(MessageIdentifier.first) ?? ""
        guard let headers else { return }
        event.inReplyTo = headers.answered
        event.isAutomatic = headers.isAutomatic
        event.conversationID = headers.references.map(MessageIdentifier.first) ?? ""
    }

    private static func firstText(_ value: JSONValue) -> UnsafeBufferPointer<UInt8>? {
        if let text = value.utf8 { return text }
        var items = value.items
        return items?.next()?.utf8
    }
}
