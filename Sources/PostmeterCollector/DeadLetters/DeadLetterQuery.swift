internal import PostmeterTransport

/// What stands behind the question mark of a request for dead letters.
struct DeadLetterQuery: Equatable {
    var criteria = DeadLetterCriteria()
    /// The numbers that are named, for an order.
    var numbers: [UInt64]?
    /// Whether all letters are named, for an order.
    var isAll = false
    var limit: Int?
    /// Only letters with lower numbers.
    var cursor: UInt64?

    /// The letters of a list that does not say how many.
    static let page = 100

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - text: As it was sent; nil when there was none.
    ///   - names: The parameters that may stand there besides the criteria.
    ///   - now: What times such as `2h` count back from, in nanoseconds since the Unix epoch.
    /// - Throws: An error that names the parameter and what may stand there.
    init(_ text: String?, besides names: [String], now: UInt64) throws(ConfigurationError) {
        var seen: Set<String> = []
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "")
            else { throw ConfigurationError(path: "query", problem: "is not percent-encoded UTF-8") }
            guard seen.insert(name).inserted else {
                throw ConfigurationError(path: String(name.prefix(64)), problem: "stands twice")
            }
            if DeadLetterCriteria.names.contains(name) {
                try criteria.set(name, value, now: now)
            } else if names.contains(name) {
                try set(name, value)
            } else {
                let known = (DeadLetterCriteria.names + names).joined(separator: ", ")
                throw ConfigurationError(
                    path: String(name.prefix(64)), problem: "is not known; known: \(known)")
            }
        }
        try criteria.validate()
    }

    private mutating func set(_ name: String, _ value: String) throws(ConfigurationError) {
        switch name {
        case "limit":
            guard let number = Int(value) else {
                throw ConfigurationError(
                    path: name, problem: "must be from 1 to \(DeadLetterSelection.most)")
            }
            limit = try DeadLetterSelection.checked(number)
        case "cursor": cursor = try DeadLetterCriteria.number(value, name)
        case "sequences":
            var numbers: [UInt64] = []
            for part in value.split(separator: ",", omittingEmptySubsequences: false) {
                numbers.append(try DeadLetterCriteria.number(String(part), name))
            }
            self.numbers = numbers
        default:
            guard value == "true" else { throw ConfigurationError(path: name, problem: "must be true") }
            isAll = true
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        PercentEncoding.decode(Substring(String(text.map { $0 == "+" ? " " : $0 })))
    }
}
