/// The mapping of an endpoint, as its configuration gives it.
///
/// The mapping lies behind one reference, since the options are copied for each webhook.
package indirect enum MappingSource: Sendable, Hashable {
    /// The mapping itself: the only form that a journal has.
    case inline(EventMapping)
    /// The name of a mapping that is shipped, or the path of a file with one; read before anything starts.
    case reference(String)

    /// The mapping itself.
    package var mapping: EventMapping? {
        guard case .inline(let mapping) = self else { return nil }
        return mapping
    }
}

extension MappingSource: Codable {
    package init(from decoder: any Decoder) throws {
        if let reference = try? decoder.singleValueContainer().decode(String.self) {
            self = .reference(reference)
        } else {
            self = .inline(try EventMapping(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .inline(let mapping):
            try mapping.encode(to: encoder)
        case .reference(let reference):
            var container = encoder.singleValueContainer()
            try container.encode(reference)
        }
    }
}
