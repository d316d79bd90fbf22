package import PostmeterMail

/// What the name of an event at a platform means here.
package enum EventMeaning: Sendable, Hashable {
    /// A mail event.
    case event(MailEventKind)
    /// Nothing that concerns mail.
    case ignore
}

extension EventMeaning: Codable {
    private static let ignoreWord = "ignore"

    package init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        if word == Self.ignoreWord {
            self = .ignore
        } else if let kind = MailEventKind(rawValue: word) {
            self = .event(kind)
        } else {
            let known = MailEventKind.allCases.map { $0.rawValue }.joined(separator: ", ")
            throw decoder.refusal(
                "'\(word.line(limit: 64))' is not an event; known: \(known), \(Self.ignoreWord)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .event(let kind): try container.encode(kind.rawValue)
        case .ignore: try container.encode(Self.ignoreWord)
        }
    }
}
