/// Which dead letters an order is for.
enum DeadLetterSelection: Equatable, Sendable {
    /// Those with these numbers, each of which must be there.
    case numbers([UInt64])
    /// Those that match, the oldest first, and no more than a number of them.
    case matching(DeadLetterCriteria, limit: Int)

    /// How many letters one order is for at the most.
    static let most = 1_000

    /// Chooses between numbers and criteria.
    ///
    /// - Parameters:
    ///   - numbers: Nil when criteria are meant.
    ///   - isAll: Whether all letters are meant where there are no criteria.
    ///   - limit: Nil for the most.
    /// - Throws: An error that names what stands where it must not, or is missing.
    init(
        numbers: [UInt64]?, _ criteria: DeadLetterCriteria, isAll: Bool, limit: Int?
    ) throws(ConfigurationError) {
        guard let numbers else {
            guard !criteria.isEmpty || isAll else {
                throw ConfigurationError(
                    path: "sequences",
                    problem: "is missing: name numbers, criteria (\(Self.criteria)), or say all")
            }
            guard criteria.isEmpty || !isAll else {
                throw ConfigurationError(path: "all", problem: "stands beside criteria; keep one of them")
            }
            try criteria.validate()
            self = .matching(criteria, limit: try Self.checked(limit ?? Self.most))
            return
        }
        guard criteria.isEmpty, !isAll, limit == nil else {
            throw ConfigurationError(path: "sequences", problem: "stands beside criteria; keep one of them")
        }
        guard (1...Self.most).contains(numbers.count) else {
            throw ConfigurationError(path: "sequences", problem: "must have 1 to \(Self.most) numbers")
        }
        self = .numbers(Set(numbers).sorted())
    }

    /// A number of letters that may be asked for at a time.
    static func checked(_ limit: Int) throws(ConfigurationError) -> Int {
        guard (1...most).contains(limit) else {
            throw ConfigurationError(path: "limit", problem: "must be from 1 to \(most)")
        }
        return limit
    }

    private static var criteria: String { DeadLetterCriteria.names.joined(separator: ", ") }
}
