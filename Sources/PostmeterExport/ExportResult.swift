import PostmeterOTLP
import PostmeterTransport

/// How an export ended.
enum ExportResult: Sendable, Equatable {
    case accepted
    /// Taken, but for `rejected` items that the receiver will not have.
    case partial(rejected: Int64)
    /// Not taken, or not known to be, for a reason from a closed set.
    case failed(reason: String, Failure)

    /// What a failure says about the same body, sent again.
    enum Failure: Sendable, Equatable {
        /// It would not be taken either.
        case refused
        /// It did not get through, or was turned away for now.
        case away
        /// It may have been taken already: it was sent, and no answer came.
        case unanswered
    }

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
    /// A receiver was too slow beside others that had room, and has no spool.
    static let queueFull = HTTPClientError.Kind.queueFull.rawValue
    /// The oldest made room in the spool for newer ones.
    static let spoolFull = "spool_full"
    /// Too long in the spool.
    static let spoolExpired = "spool_expired"
    /// The spool's disk refused, or lost, what was to be kept there.
    static let spoolFailing = "spool_failing"

    /// All reasons for which items can be lost without a spool.
    static let reasons =
        [refused, unavailable, tooLarge, shutdown] + HTTPClientError.Kind.allCases.map { $0.rawValue }
    /// Those that a spool adds.
    static let spoolReasons = [spoolFull, spoolExpired, spoolFailing]
}

extension ExportResult {
    /// How an export ended to which the receiver answered with a status that is no success.
    ///
    /// - Parameters:
    ///   - status: That of the last try.
    ///   - attempts: The number of tries; how those before the last one ended is not known.
    init(failedWith status: Int, attempts: Int) {
        guard RetryPolicy.isRetryable(status: status) else {
            self = .failed(reason: Self.refused, .refused)
            return
        }
        // A gateway says 502 and 504 of a receiver that it has lost sight of.
        let isKnown = attempts <= 1 && status != 502 && status != 504
        self = .failed(reason: Self.unavailable, isKnown ? .away : .unanswered)
    }

    /// How an export ended to which there was no answer.
    init(failedBy error: HTTPClientError, attempts: Int) {
        let failure: Failure =
            switch error.kind {
            // Whoever answers like this to OTLP does so again.
            case .invalidRequest, .invalidResponse, .responseTooLarge: .refused
            case .queueFull, .nameNotResolved, .connectionRefused, .tls: attempts <= 1 ? .away : .unanswered
            case .timeout, .connectionLost, .cancelled, .other: attempts == 0 ? .away : .unanswered
            }
        self = .failed(reason: error.kind.rawValue, failure)
    }
}
