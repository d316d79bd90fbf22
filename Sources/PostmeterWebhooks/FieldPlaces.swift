/// Where a field of an event stands: one JSON pointer, or several, of which the first with a value counts.
///
/// Null and the empty string are no values.
package struct FieldPlaces: Sendable, Hashable {
    /// The pointers of one field.
    package static let limit = 8

    let pointers: [JSONPointer]

    /// Text of the pointers, for a sentence.
    var text: String {
        pointers.map { $0.text }.joined(separator: ", ").line(limit: 128)
    }

    /// The value in an event.
    func find(in event: JSONValue) -> JSONValue? {
        for pointer in pointers {
            if let value = event.at(pointer), value.kind != .null, value.utf8?.isEmpty != true {
                return value
            }
        }
        return nil
    }
}

extension FieldPlaces: Codable {
    package init(from decoder: any Decoder) throws {
        if (try? decoder.singleValueContainer().decode(String.self)) != nil {
            pointers = [try JSONPointer(from: decoder)]
        } else {
            pointers = try [JSONPointer](from: decoder)
        }
        guard 1...Self.limit ~= pointers.count else {
            throw decoder.refusal("has \(pointers.count) pointers: give 1 to \(Self.limit)")
        }
        guard !pointers.contains(where: { $0.steps.isEmpty }) else {
            throw decoder.refusal("'' points to the whole event: point to a field, such as /type")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if pointers.count == 1 {
            try container.encode(pointers[0])
        } else {
            try container.encode(pointers)
        }
    }
}
