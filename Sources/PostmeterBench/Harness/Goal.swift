/// The promise that a figure is held against.
enum Goal: Sendable {
    case atMost(Double)
    case atLeast(Double)

    /// The number that the figure must not pass.
    var limit: Double {
        switch self {
        case .atMost(let limit), .atLeast(let limit): limit
        }
    }

    func isMet(by value: Double) -> Bool {
        switch self {
        case .atMost(let limit): value <= limit
        case .atLeast(let limit): value >= limit
        }
    }
}
