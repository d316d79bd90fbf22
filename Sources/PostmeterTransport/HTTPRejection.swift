/// Why the listener answers a request itself.
package enum HTTPRejection: Sendable, Equatable {
    case notFound
    case methodNotAllowed(allowed: [HTTPMethod])
    case bodyTooLarge(limit: Int)
    case headersTooLarge
    /// A head or a body took longer than its limit.
    case timeout(String)
    /// What is wrong with the request.
    case malformed(String)
    /// What there is too much of.
    case overloaded(String)
    /// The handler gave no answer in time, and may yet do what it was asked to.
    case late(String)
    case unsupportedExpectation
    /// User and password are missing or wrong.
    case unauthorized
    /// There are more requests than the rate allows.
    case tooManyRequests
    /// The handler let go of the request without an answer.
    case unanswered

    /// The status code that this is answered with.
    package var status: Int {
        switch self {
        case .notFound: 404
        case .methodNotAllowed: 405
        case .bodyTooLarge: 413
        case .headersTooLarge: 431
        case .timeout: 408
        case .malformed: 400
        case .overloaded, .late: 503
        case .unsupportedExpectation: 417
        case .unauthorized: 401
        case .tooManyRequests: 429
        case .unanswered: 500
        }
    }
}
