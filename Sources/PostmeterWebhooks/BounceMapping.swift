import PostmeterMail

/// Where an event tells of its bounce, and what the platform's words for hard and soft are.
package struct BounceMapping: Sendable, Hashable, Codable {
    /// The words of one class.
    package static let wordLimit = 100

    /// The platform's word; it may stand where the type of the event does.
    var word: FieldPlaces?
    /// Words that mean hard, in lower case.
    var hard: Set<String>
    /// Words that mean soft, in lower case.
    var soft: Set<String>
    /// What a bounce is when neither its word nor its codes tell.
    var otherwise: Bounce.Class
    /// The SMTP reply, such as 550.
    var code: FieldPlaces?
    /// The enhanced status, such as 5.1.1.
    var status: FieldPlaces?
    /// What the receiving server said.
    var text: FieldPlaces?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case word = "class"
        case hard, soft, otherwise, code, status, text
    }

    /// A bounce of which nothing is told.
    init() {
        hard = []
        soft = []
        otherwise = .hard
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseStrangers(to: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func words(_ key: CodingKeys) throws -> Set<String> {
            let words = try container.decodeIfPresent([String].self, forKey: key) ?? []
            guard words.count <= Self.wordLimit, words.allSatisfy({ 1...FieldLimit.word ~= $0.utf8.count })
            else {
                throw decoder.refusal(
                    of: key, "must be at most \(Self.wordLimit) words of 1 to \(FieldLimit.word) bytes")
            }
            return Set(words.map { $0.lowercased() })
        }
        word = try container.decodeIfPresent(FieldPlaces.self, forKey: .word)
        hard = try words(.hard)
        soft = try words(.soft)
        if let both = hard.intersection(soft).min() {
            throw decoder.refusal(of: CodingKeys.soft, "'\(both)' stands in hard too; keep one of them")
        }
        if word == nil, !(hard.isEmpty && soft.isEmpty) {
            throw decoder.refusal(of: CodingKeys.word, "is missing: point to where the words stand")
        }
        let otherwise = try container.decodeIfPresent(String.self, forKey: .otherwise) ?? "hard"
        guard let assumed = Bounce.Class(rawValue: otherwise) else {
            throw decoder.refusal(
                of: CodingKeys.otherwise, "'\(otherwise.line(limit: 64))' is neither hard nor soft")
        }
        self.otherwise = assumed
        code = try container.decodeIfPresent(FieldPlaces.self, forKey: .code)
        status = try container.decodeIfPresent(FieldPlaces.self, forKey: .status)
        text = try container.decodeIfPresent(FieldPlaces.self, forKey: .text)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(word, forKey: .word)
        // Sorted, so that the same mapping has the same bytes.
        try container.encode(hard.sorted(), forKey: .hard)
        try container.encode(soft.sorted(), forKey: .soft)
        try container.encode(otherwise.rawValue, forKey: .otherwise)
        try container.encodeIfPresent(code, forKey: .code)
        try container.encodeIfPresent(status, forKey: .status)
        try container.encodeIfPresent(text, forKey: .text)
    }
}
