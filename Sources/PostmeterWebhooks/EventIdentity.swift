/// What tells an event from all others of its endpoint, the same for each delivery of it.
package enum EventIdentity: Sendable, Hashable {
    /// A field of the event.
    case field(FieldPlaces)
    /// A header of the request; the first counts that is there.
    case header([HeaderName])
    /// A digest of fields that together are never the same twice, for a platform whose events have no id.
    case digest([JSONPointer])

    /// The headers or fields of one identity.
    package static let limit = 16

    /// The headers that are read, in lower case.
    var headers: [String] {
        guard case .header(let names) = self else { return [] }
        return names.map { $0.text }
    }
}

extension EventIdentity: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case header, digest
    }

    package init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            self = .field(try FieldPlaces(from: decoder))
            return
        }
        try decoder.refuseStrangers(to: CodingKeys.self)
        switch (container.contains(.header), container.contains(.digest)) {
        case (true, false):
            if let name = try? container.decode(String.self, forKey: .header), !name.isEmpty {
                self = .header([try container.decode(HeaderName.self, forKey: .header)])
            } else {
                self = .header(try container.decode([HeaderName].self, forKey: .header))
            }
        case (false, true):
            let pointers = try container.decode([JSONPointer].self, forKey: .digest)
            guard !pointers.contains(where: { $0.steps.isEmpty }) else {
                throw decoder.refusal(
                    of: CodingKeys.digest, "'' points to the whole event: point to fields, such as /type")
            }
            self = .digest(pointers)
        default:
            throw decoder.refusal("is neither a pointer nor one of header and digest")
        }
        let count =
            switch self {
            case .header(let names): names.count
            case .digest(let pointers): pointers.count
            case .field: 1
            }
        guard 1...Self.limit ~= count else {
            throw decoder.refusal("lists \(count): give 1 to \(Self.limit)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .field(let places):
            try places.encode(to: encoder)
        case .header(let names):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(names, forKey: .header)
        case .digest(let pointers):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pointers, forKey: .digest)
        }
    }
}
