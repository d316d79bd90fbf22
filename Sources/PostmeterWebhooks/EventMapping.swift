/// How the events of a platform that this build does not know are read: where their fields stand, and what
/// their names mean.
///
/// It is part of an endpoint's options, and so of the journal; it holds no secret.
package struct EventMapping: Sendable, Hashable {
    /// The names of events.
    package static let typeLimit = 200
    /// The events of one body; a body with more is a dead letter.
    package static let eventLimit = 5_000

    /// The key of a field.
    package enum Field: String, Sendable, Hashable, CaseIterable, Codable {
        case messageID = "message_id"
        case internetMessageID = "internet_message_id"
        case inReplyTo = "in_reply_to"
        case references
        case headers
        case conversationID = "conversation_id"
        case sender
        case agent
        case recipients
        case detail
    }

    /// What becomes of an event whose name is not mapped.
    package enum Unmapped: String, Sendable, Hashable, CaseIterable, Codable {
        /// The webhook is a dead letter, so that somebody hears of it.
        case deadLetter = "dead_letter"
        /// It is taken for one that concerns no mail.
        case ignore
    }

    /// Where an array of events stands; nil when a body is one event.
    ///
    /// The empty pointer is the body itself.
    var events: JSONPointer?
    /// Where the name of an event stands.
    var type: FieldPlaces
    /// What the names mean.
    var types: [String: EventMeaning]
    /// What becomes of other names.
    var unmapped: Unmapped
    var id: EventIdentity
    var time: EventClock
    /// Where the fields stand that are mapped.
    var fields: [Field: FieldPlaces]
    /// The fields without which an event is a dead letter.
    var required: Set<Field>
    var bounce: BounceMapping?
    var count: EventCount
    /// Where the number stands that the platform counts its events with, one after the other; nil when it does not.
    package var sequence: FieldPlaces?
    /// Whether nobody has held the mapping against the platform's own description.
    package var isUnverified: Bool
}

extension EventMapping: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case unverified, events, type, types, unmapped, id, time
        case messageID = "message_id"
        case internetMessageID = "internet_message_id"
        case inReplyTo = "in_reply_to"
        case references, headers
        case conversationID = "conversation_id"
        case sender, agent, recipients, detail, bounce, count, sequence, required

        init(_ field: Field) {
            switch field {
            case .messageID: self = .messageID
            case .internetMessageID: self = .internetMessageID
            case .inReplyTo: self = .inReplyTo
            case .references: self = .references
            case .headers: self = .headers
            case .conversationID: self = .conversationID
            case .sender: self = .sender
            case .agent: self = .agent
            case .recipients: self = .recipients
            case .detail: self = .detail
            }
        }
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseStrangers(to: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isUnverified = try container.decodeIfPresent(Bool.self, forKey: .unverified) ?? false
        events = try container.decodeIfPresent(JSONPointer.self, forKey: .events)
        type = try container.decode(FieldPlaces.self, forKey: .type)
        types = try container.decode([String: EventMeaning].self, forKey: .types)
        guard 1...Self.typeLimit ~= types.count else {
            throw decoder.refusal(
                of: CodingKeys.types, "has \(types.count) names: give 1 to \(Self.typeLimit)")
        }
        guard types.keys.allSatisfy({ 1...FieldLimit.word ~= $0.utf8.count }) else {
            throw decoder.refusal(
                of: CodingKeys.types, "has a name that is empty or longer than \(FieldLimit.word) bytes")
        }
        unmapped = try Self.word(Unmapped.self, .unmapped, in: container, of: decoder) ?? .deadLetter
        id = try container.decode(EventIdentity.self, forKey: .id)
        time = try container.decode(EventClock.self, forKey: .time)
        fields = [:]
        for field in Field.allCases {
            fields[field] = try container.decodeIfPresent(FieldPlaces.self, forKey: CodingKeys(field))
        }
        bounce = try container.decodeIfPresent(BounceMapping.self, forKey: .bounce)
        count = try container.decodeIfPresent(EventCount.self, forKey: .count) ?? .recipients
        sequence = try container.decodeIfPresent(FieldPlaces.self, forKey: .sequence)
        let names = try container.decodeIfPresent([String].self, forKey: .required) ?? []
        required = []
        for name in names {
            guard let field = Field(rawValue: name), fields[field] != nil else {
                let known = Field.allCases.filter { fields[$0] != nil }.map { $0.rawValue }
                throw decoder.refusal(
                    of: CodingKeys.required,
                    "'\(name.line(limit: 64))' is not a field that is mapped; mapped: "
                        + known.joined(separator: ", "))
            }
            required.insert(field)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isUnverified, forKey: .unverified)
        try container.encodeIfPresent(events, forKey: .events)
        try container.encode(type, forKey: .type)
        try container.encode(types, forKey: .types)
        try container.encode(unmapped, forKey: .unmapped)
        try container.encode(id, forKey: .id)
        try container.encode(time, forKey: .time)
        for (field, places) in fields {
            try container.encode(places, forKey: CodingKeys(field))
        }
        // Sorted, so that the same mapping has the same bytes.
        try container.encode(required.map { $0.rawValue }.sorted(), forKey: .required)
        try container.encodeIfPresent(bounce, forKey: .bounce)
        try container.encode(count, forKey: .count)
        try container.encodeIfPresent(sequence, forKey: .sequence)
    }

    /// The word of a closed set under a key.
    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ type: Word.Type, _ key: CodingKeys, in container: KeyedDecodingContainer<CodingKeys>,
        of decoder: any Decoder
    ) throws -> Word? {
        guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw decoder.refusal(of: key, "'\(text.line(limit: 64))' is not known; known: \(known)")
        }
        return word
    }
}
