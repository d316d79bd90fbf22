import PostmeterMail
import PostmeterModel

/// Reads bodies by a mapping.
struct MappedEvents {
    let mapping: EventMapping
    let provider: MailProvider
    /// When the collector took the webhook, for platforms that state no time.
    let acceptedAt: UnixTime

    /// Enough of an event's name to tell a longer one from any that is mapped, wherever it is cut.
    private static let nameLimit = FieldLimit.word + 4

    /// The events of a body.
    ///
    /// One that cannot be read makes a dead letter of all, which is kept whole.
    func read(
        _ body: UnsafeRawBufferPointer,
        _ headers: WebhookHeaders,
        with parser: JSONParser
    ) throws(DecodeFailure) -> [MailEvent] {
        guard let pointer = mapping.events else {
            let root = try parser.parseObject(body)
            guard let event = try event(root, headers, place: 0) else { return [] }
            return [event]
        }
        let root = try parser.parse(body)
        let name = pointer.text.isEmpty ? "the body" : pointer.text.line(limit: 128)
        guard let value = root.at(pointer), value.kind != .null else {
            throw DecodeFailure(.missingField, "\(name) is missing")
        }
        guard let items = value.items else {
            throw DecodeFailure(.wrongType, "\(name) is not an array")
        }
        var events: [MailEvent] = []
        var place = 0
        for item in items {
            guard place < EventMapping.eventLimit else {
                throw DecodeFailure(.tooLarge, "\(name) has more than \(EventMapping.eventLimit) events")
            }
            guard item.kind == .object else {
                throw DecodeFailure(.wrongType, "item \(place) of \(name) is not an object")
            }
            if let event = try event(item, headers, place: place) { events.append(event) }
            place += 1
        }
        return events
    }

    /// The event of an object; nil when its name says that it concerns no mail.
    private func event(
        _ root: JSONValue,
        _ headers: WebhookHeaders,
        place: Int
    ) throws(DecodeFailure) -> MailEvent? {
        guard let type = mapping.type.find(in: root) else {
            throw DecodeFailure(.missingField, "type (\(mapping.type.text)) is missing")
        }
        guard let name = type.scalar(limit: Self.nameLimit) else {
            throw DecodeFailure(.wrongType, "type (\(mapping.type.text)) is not a string")
        }
        guard let meaning = mapping.types[name] else {
            if mapping.unmapped == .ignore { return nil }
            throw DecodeFailure(
                .unknownEvent,
                "the event \"\(name.line(limit: FieldLimit.word))\" is not in the mapping's types")
        }
        guard case .event(let kind) = meaning else { return nil }
        var event = MailEvent(
            kind: kind, provider: provider, id: try id(of: root, kind, headers, place: place),
            time: try time(of: root))
        try readIdentifiers(of: root, into: &event)
        try readPeople(of: root, into: &event)
        event.count = try count(of: root, kind)
        if let text = try text(.detail, of: root, limit: FieldLimit.diagnostic) {
            event.detail = MailAddress.masking(text).line(limit: FieldLimit.sentence)
        }
        if kind == .bounced || kind == .deferred {
            event.bounce = try bounce(of: root, kind)
        }
        return event
    }

    private func time(of root: JSONValue) throws(DecodeFailure) -> UnixTime {
        switch mapping.time {
        case .acceptance: return acceptedAt
        case .field(let places, let format):
            guard let value = places.find(in: root) else {
                throw DecodeFailure(.missingField, "time (\(places.text)) is missing")
            }
            guard value.kind == .string || value.double != nil else {
                throw DecodeFailure(.wrongType, "time (\(places.text)) is neither a string nor a number")
            }
            guard let time = format.instant(of: value) else {
                throw DecodeFailure(.badTime, "time (\(places.text)) is not \(format.example)")
            }
            return time
        }
    }

    private func readIdentifiers(of root: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        event.messageID = try identifier(.messageID, of: root) ?? ""
        event.internetMessageID = try identifier(.internetMessageID, of: root) ?? ""
        event.inReplyTo = try identifier(.inReplyTo, of: root) ?? ""
        event.conversationID = try text(.conversationID, of: root, limit: FieldLimit.id) ?? ""
        try readReferences(of: root, into: &event)
        guard let headers = try value(.headers, of: root) else { return }
        guard headers.kind == .object || headers.kind == .array else {
            throw wrongType(.headers, "a list or an object of headers")
        }
        let thread = ThreadHeaders(headers)
        event.isAutomatic = thread.isAutomatic
        if event.internetMessageID.isEmpty {
            event.internetMessageID = thread.messageID.map(MessageIdentifier.first) ?? ""
        }
        if event.inReplyTo.isEmpty { event.inReplyTo = thread.answered }
        if event.conversationID.isEmpty {
            event.conversationID = thread.references.map(MessageIdentifier.first) ?? ""
        }
    }

    private func readReferences(of root: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        guard let references = try value(.references, of: root) else { return }
        // A list of ids, or a header's text that holds several.
        let ends = references.ends
        guard let first = ends?.first.utf8, let last = ends?.last.utf8 else {
            if references.items != nil, ends == nil { return }
            throw wrongType(.references, "a string or a list of strings")
        }
        if event.inReplyTo.isEmpty { event.inReplyTo = MessageIdentifier.last(in: last) }
        if event.conversationID.isEmpty { event.conversationID = MessageIdentifier.first(in: first) }
    }

    private func readPeople(of root: JSONValue, into event: inout MailEvent) throws(DecodeFailure) {
        if let sender = try value(.sender, of: root) {
            guard let address = sender.address else { throw wrongType(.sender, "an address") }
            event.sender = address
        }
        if let agent = try value(.agent, of: root) {
            let address = agent.address ?? ""
            guard let name = address.isEmpty ? agent.scalar(limit: FieldLimit.id) : address else {
                throw wrongType(.agent, "an address or the id of a mailbox")
            }
            event.mailbox = name
        }
        _ = try value(.recipients, of: root)
        for value in recipients(of: root) {
            guard [.string, .array, .object].contains(value.kind) else {
                throw wrongType(.recipients, "an address or a list of them")
            }
            value.appendAddresses(to: &event.recipients)
        }
    }

    /// What stands at each of the pointers to recipients: they are added up, as `to`, `cc` and `bcc` are.
    private func recipients(of root: JSONValue) -> [JSONValue] {
        guard let places = mapping.fields[.recipients] else { return [] }
        return places.pointers.compactMap { pointer in
            root.at(pointer).flatMap { $0.kind == .null || $0.utf8?.isEmpty == true ? nil : $0 }
        }
    }

    private func count(of root: JSONValue, _ kind: MailEventKind) throws(DecodeFailure) -> Int {
        switch mapping.count {
        case .one: return 1
        case .recipients:
            if kind.isInbound || kind == .complained { return 1 }
            return max(1, recipients(of: root).reduce(0) { $0 + $1.itemCount })
        case .field(let places):
            guard let value = places.find(in: root) else { return 1 }
            guard let number = value.integer ?? value.scalar(limit: 16).flatMap({ Int64($0) }) else {
                throw DecodeFailure(.wrongType, "count (\(places.text)) is not a whole number")
            }
            return Int(min(max(number, 1), EventCount.limit))
        }
    }

    private func bounce(of root: JSONValue, _ kind: MailEventKind) throws(DecodeFailure) -> Bounce {
        let bounce = mapping.bounce ?? BounceMapping()
        let word = bounce.word?.find(in: root)?.scalar(limit: FieldLimit.word) ?? ""
        let lowered = word.lowercased()
        let stated: Bounce.Class? =
            kind == .deferred || bounce.soft.contains(lowered)
            ? .soft : bounce.hard.contains(lowered) ? .hard : nil
        let said = bounce.text?.find(in: root)?.scalar(limit: FieldLimit.diagnostic) ?? ""
        // Codes stand in front of what the server said, unless it said them itself.
        let codes = [bounce.code, bounce.status].compactMap {
            $0?.find(in: root)?.scalar(limit: FieldLimit.word)
        }
        let texts = codes.filter { !said.contains($0) } + [said]
        return BounceClassifier.classify(
            BounceEvidence(
                said: stated, assumed: kind == .deferred ? .soft : bounce.otherwise, word: word,
                text: texts.filter { !$0.isEmpty }.joined(separator: " ")))
    }
}
