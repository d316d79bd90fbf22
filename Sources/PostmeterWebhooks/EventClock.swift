/// When an event happened: a field of it, or the moment at which the collector took it.
package enum EventClock: Sendable, Hashable {
    /// A field in a form.
    case field(FieldPlaces, TimeFormat)
    /// The platform states no time.
    case acceptance
}

extension EventClock: Codable {
    private static let acceptanceWord = "accepted_at"

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case pointer, format
    }

    package init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            self =
                word == Self.acceptanceWord ? .acceptance : .field(try FieldPlaces(from: decoder), .rfc3339)
            return
        }
        try decoder.refuseStrangers(to: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .field(
            try container.decode(FieldPlaces.self, forKey: .pointer),
            try container.decodeIfPresent(TimeFormat.self, forKey: .format) ?? .rfc3339)
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .acceptance:
            var container = encoder.singleValueContainer()
            try container.encode(Self.acceptanceWord)
        case .field(let places, let format):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(places, forKey: .pointer)
            try container.encode(format, forKey: .format)
        }
    }
}
