/// What a signature is made over: the body, and what stands around it.
///
/// It is written as a text in which `{body}`, `{timestamp}` and `{id}` stand for their values, such as
/// `{timestamp}.{body}`.
package struct SignedContent: Sendable, Hashable {
    /// The bytes of the text.
    package static let limit = 128

    /// A part of what is signed.
    enum Part: Sendable, Hashable {
        case text(String)
        case body
        case timestamp
        case id
    }

    /// The body alone.
    static let bodyAlone = SignedContent(text: "{body}", parts: [.body])

    /// The text as it was written.
    let text: String
    let parts: [Part]

    private init(text: String, parts: [Part]) {
        self.text = text
        self.parts = parts
    }

    /// Reads a text; nil when it has other names in braces, or not the body exactly once.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.limit else { return nil }
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            switch rest[rest.index(after: open)..<close] {
            case "body": parts.append(.body)
            case "timestamp": parts.append(.timestamp)
            case "id": parts.append(.id)
            default: return nil
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        guard parts.count(where: { $0 == .body }) == 1, parts.count(where: { $0 == .timestamp }) <= 1,
            parts.count(where: { $0 == .id }) <= 1
        else { return nil }
        self.init(text: text, parts: parts)
    }

    /// Whether the signature covers a part.
    func covers(_ part: Part) -> Bool {
        parts.contains(part)
    }
}

extension SignedContent: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let content = SignedContent(text) else {
            throw decoder.refusal(
                "'\(text.line(limit: 64))' is not what is signed: write {body} once, and {timestamp} and {id} "
                    + "at most once, such as \"{timestamp}.{body}\"")
        }
        self = content
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
