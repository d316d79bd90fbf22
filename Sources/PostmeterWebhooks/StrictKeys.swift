/// Refuses what a mapping of the configuration says beyond the keys that are known.
///
/// `Decodable` ignores unknown keys, so that a misspelt one would be a setting that silently does nothing.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension Decoder {
    /// Throws an error that names the first key of this mapping which is not one of `known`.
    func refuseStrangers<Key: CodingKey & CaseIterable>(to known: Key.Type) throws {
        let container = try container(keyedBy: AnyKey.self)
        let names = known.allCases.map { $0.stringValue }
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where !names.contains(key.stringValue) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [key],
                    debugDescription: "unknown key; known here: " + names.joined(separator: ", ")))
        }
    }

    /// An error about what stands at this place.
    func refusal(_ problem: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: problem))
    }

    /// An error about what stands under a key of this mapping.
    func refusal(of key: some CodingKey, _ problem: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath + [key], debugDescription: problem))
    }
}
