internal import PostmeterModel
internal import PostmeterWebhooks

/// Which dead letters are meant: those that match all that is set.
package struct DeadLetterCriteria: Sendable, Hashable {
    /// The lowest number.
    package var from: UInt64?
    /// The highest number.
    package var to: UInt64?
    /// Accepted then or later, in nanoseconds since the Unix epoch.
    package var since: UInt64?
    /// Accepted earlier, in nanoseconds since the Unix epoch.
    package var until: UInt64?
    /// The id of the endpoint.
    package var endpoint: String?
    /// The name of the platform.
    package var provider: String?
    /// Why they are dead.
    package var reason: String?

    package init() {}

    /// Whether nothing is set, so that all letters match.
    package var isEmpty: Bool { self == DeadLetterCriteria() }

    /// The names that a query or a command gives criteria by.
    static let names = ["from", "to", "since", "until", "endpoint", "provider", "reason"]
    /// The longest text of a criterion, in bytes.
    private static let textLimit = 128

    /// Sets a criterion by its name.
    ///
    /// - Parameters:
    ///   - name: One of ``names``.
    ///   - now: What times such as `2h` count back from, in nanoseconds since the Unix epoch.
    /// - Throws: An error that names the criterion and says what may stand there.
    package mutating func set(_ name: String, _ text: String, now: UInt64) throws(ConfigurationError) {
        switch name {
        case "from": from = try Self.number(text, name)
        case "to": to = try Self.number(text, name)
        case "since": since = try Self.time(text, name, now)
        case "until": until = try Self.time(text, name, now)
        case "endpoint": endpoint = try Self.word(text, name)
        case "provider": provider = try Self.word(text, name)
        case "reason": reason = try Self.word(text, name)
        default:
            throw ConfigurationError(
                path: name, problem: "is not known; known: \(Self.names.joined(separator: ", "))")
        }
    }

    /// Refuses what can match nothing.
    package func validate() throws(ConfigurationError) {
        if let from, let to, from > to {
            throw ConfigurationError(path: "to", problem: "is below from")
        }
        if let since, let until, since >= until {
            throw ConfigurationError(path: "until", problem: "is not after since")
        }
    }

    /// The number of a letter.
    static func number(_ text: String, _ name: String) throws(ConfigurationError) -> UInt64 {
        guard text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), let number = UInt64(text),
            number <= UInt64(Int64.max)
        else {
            throw ConfigurationError(path: name, problem: "must be the number of a dead letter, such as 1207")
        }
        return number
    }

    private static func time(
        _ text: String, _ name: String, _ now: UInt64
    ) throws(ConfigurationError) -> UInt64 {
        if let instant = InternetTime.parse(text) { return instant.nanoseconds }
        guard let span = TimeSpan(text) else {
            throw ConfigurationError(
                path: name,
                problem: "must be a time such as 2026-11-29T10:00:00Z, or so long ago: 30m, 2h, 7d")
        }
        return now - min(now, span.nanoseconds)
    }

    private static func word(_ text: String, _ name: String) throws(ConfigurationError) -> String {
        guard (1...textLimit).contains(text.utf8.count) else {
            throw ConfigurationError(path: name, problem: "must have 1 to \(textLimit) bytes")
        }
        return text
    }
}
