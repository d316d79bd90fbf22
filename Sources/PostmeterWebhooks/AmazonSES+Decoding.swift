package import PostmeterMail
import PostmeterModel

extension AmazonSES {
    /// An event by its name in either dialect: what it means, and the object that holds its time and more.
    private struct Form: Sendable {
        let name: StaticString
        let kind: MailEventKind
        /// Nil when the event has no time but that of the mail.
        let object: StaticString?

        init(_ name: StaticString, _ kind: MailEventKind, _ object: StaticString? = nil) {
            self.name = name
            self.kind = kind
            self.object = object
        }
    }

    private static let forms: [Form] = [
        Form("Send", .sent), Form("Delivery", .delivered, "delivery"), Form("Open", .opened, "open"),
        Form("Click", .clicked, "click"), Form("Bounce", .bounced, "bounce"),
        Form("Received", .received), Form("DeliveryDelay", .deferred, "deliveryDelay"),
        Form("Complaint", .complained, "complaint"), Form("Reject", .rejected),
        Form("Rendering Failure", .failed), Form("Subscription", .unsubscribed, "subscription"),
    ]

    /// What SES publishes to see whether it may: plain text, and a document of a type of its own.
    private static let greeting: StaticString = "Successfully validated SNS topic"
    private static let greetingType: StaticString = "AmazonSnsSubscriptionSucceeded"

    package static func decode(
        _ webhook: borrowing AcceptedWebhook,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        guard let document = try document(in: webhook.body, with: parser) else { return [] }
        let agentField = webhook.options.agentFieldOrDefault
        // From here on the parser holds the document, and the envelope is gone.
        return try document.withUnsafeBufferPointer { bytes throws(DecodeFailure) in
            let body = UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes.dropLast(JSONParser.padding)))
            return try events(try parser.parseObject(body), agentField: agentField)
        }
    }

    /// The document in a notification, with the padding that a parser wants; nil when there is none.
    private static func document(
        in body: UnsafeRawBufferPointer,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [UInt8]? {
        let envelope = try parser.parseObject(body)
        let type = try envelope.requiredString("Type")
        guard type.equals("Notification") else {
            if type.equals("SubscriptionConfirmation") || type.equals("UnsubscribeConfirmation") {
                return nil
            }
            let name = String(line: type, limit: FieldLimit.word)
            throw DecodeFailure(.unknownEvent, "Type \"\(name)\" is no message of SNS that is known here")
        }
        let message = try envelope.requiredString("Message")
        guard !message.begins(with: greeting) else { return nil }
        var document: [UInt8] = []
        document.reserveCapacity(message.count + JSONParser.padding)
        document.append(contentsOf: message)
        document.append(contentsOf: repeatElement(0, count: JSONParser.padding))
        return document
    }

    private static func events(
        _ root: JSONValue,
        agentField: String
    ) throws(DecodeFailure) -> [MailEvent] {
        let isNotification = root["eventType"] == nil && root["notificationType"] != nil
        let type = try root.requiredString(isNotification ? "notificationType" : "eventType")
        guard let form = forms.first(where: { type.equals($0.name) }) else {
            if type.equals(greetingType) { return [] }
            let name = String(line: type, limit: FieldLimit.word)
            throw DecodeFailure(.unknownEvent, "\"\(name)\" is no event of SES that is known here")
        }
        let mail = try root.requiredObject("mail")
        var object = mail
        let time: UnixTime
        if let name = form.object {
            object = try root.requiredObject(name)
            time = try object.requiredTime("timestamp", in: name)
        } else {
            time = try mail.requiredTime("timestamp", in: "mail")
        }
        // Filled in its place: an event is too large to be moved about for each webhook.
        var events = [MailEvent(kind: form.kind, provider: provider, id: "", time: time)]
        let message = String(line: try mail.requiredName("messageId", in: "mail"), limit: FieldLimit.id)
        events[0].messageID = message
        if form.kind == .received {
            try readInbound(root, mail, into: &events[0])
            events[0].id =
                SESFact("Received", mail: message, time: nil, about: root["receipt"]?["recipients"]).id
            return events
        }
        readOutbound(mail, agentField: agentField, into: &events[0])
        var fact = SESFact("\(form.name)", mail: message, time: object["timestamp"], about: nil)
        switch form.kind {
        case .bounced:
            events[0].id = fact.id(feedback: object, addresses: object["bouncedRecipients"])
            return try bounces(object, like: events[0])
        case .complained:
            events[0].id = fact.id(feedback: object, addresses: object["complainedRecipients"])
            return readComplaint(object, into: &events[0]) ? events : []
        case .delivered:
            readRecipients(object["recipients"], into: &events[0])
        case .deferred:
            readDelay(object, into: &events[0])
        case .unsubscribed:
            guard isRefusal(object) else { return [] }
            readOnlyRecipient(of: mail, into: &events[0])
        case .opened, .clicked:
            fact.add(object["link"])
            fact.add(object["ipAddress"])
            fact.add(object["userAgent"])
            readOnlyRecipient(of: mail, into: &events[0])
        default:
            readRefusal(root, into: &events[0])
            readRecipients(mail["destination"], into: &events[0])
        }
        fact.add(object["recipients"] ?? object["delayedRecipients"])
        events[0].id = fact.id
        return events
    }
}
