import PostmeterOTLP
import PostmeterTransport

/// How an export ended.
enum ExportResult: Sendable, Equatable {
    case accepted
    /// Taken, but for `rejected` items that the receiver will not have.
    case partial(rejected: Int64)
    /// Not taken, for a reason from a closed set.
    case failed(reason: String)

    /// The value of the attribute `outcome`.
    var outcome: String {
        switch self {
        case .accepted: "accepted"
        case .partial: "partial"
        case .failed: "failed"
        }
    }

    /// Reasons that are ours; the others are `HTTPClientError.Kind`'s.
    static let refused = "refused"
    static let unavailable = "unavailable"
    static let tooLarge = "too_large"
    static let shutdown = "shutdown"

    /// All reasons for which items can be lost.
    static let reasons =
        [refused, unavailable, tooLarge, shutdown] + HTTPClientError.Kind.allCases.map(\.rawValue)
}
