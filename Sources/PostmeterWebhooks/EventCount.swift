/// How many recipients an event counts for.
package enum EventCount: Sendable, Hashable {
    /// As many as it lists; a complaint and mail that came in count once.
    case recipients
    /// One, whatever it lists: outcomes that do not say which of the recipients they are about.
    case one
    /// What a field says.
    case field(FieldPlaces)

    /// The largest number that a field may say.
    package static let limit: Int64 = 100_000
}

extension EventCount: Codable {
    private enum Word: String {
        case recipients, one
    }

    package init(from decoder: any Decoder) throws {
        switch (try? decoder.singleValueContainer().decode(String.self)).flatMap(Word.init) {
        case .recipients: self = .recipients
        case .one: self = .one
        case nil: self = .field(try FieldPlaces(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .recipients: try container.encode(Word.recipients.rawValue)
        case .one: try container.encode(Word.one.rawValue)
        case .field(let places): try container.encode(places)
        }
    }
}
