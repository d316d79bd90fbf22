internal import PostmeterJournal
internal import PostmeterTransport
internal import PostmeterWebhooks

/// The answers that a platform, and the person who sets it up, get to see.
extension HTTPResponse {
    /// The webhook is on disk.
    static let accepted = HTTPResponse.json(#"{"status":"accepted"}"#)

    /// Nobody posts to this endpoint.
    static func unknownEndpoint(_ name: String) -> HTTPResponse {
        .problem(
            status: 404, title: "Unknown endpoint",
            detail: "No endpoint '\(name.prefix(64))' is configured; the path is /hooks/{id of an endpoint}.")
    }

    /// The signature proves nothing.
    static func unauthorized(_ failure: VerificationFailure, status: Int) -> HTTPResponse {
        .problem(
            status: status, title: "Not authentic", detail: failure.sentence,
            headers: status == 503 ? ["Retry-After": "60"] : [:])
    }

    /// The method is not POST.
    static func methodNotAllowed(allowed: String) -> HTTPResponse {
        .problem(
            status: 405, detail: "Webhooks are posted: use \(allowed).", headers: ["Allow": allowed])
    }

    /// The body is over the limit.
    static func bodyTooLarge(limit: Int) -> HTTPResponse {
        .problem(status: 413, detail: "The body is longer than \(limit) bytes, the limit of this endpoint.")
    }

    /// It cannot be judged now; the platform is to try again.
    static func postponed(_ problem: String) -> HTTPResponse {
        .problem(
            status: 503, title: "Not accepted", detail: "Nothing was kept: \(problem). Try again later.",
            headers: ["Retry-After": "30"])
    }

    /// The disk has not taken it yet; the platform is to try again.
    static let late = HTTPResponse.problem(
        status: 503, title: "Not accepted in time",
        detail: "The disk is slow. It may yet be kept; sent again, it counts once.",
        headers: ["Retry-After": "30"])

    /// The journal takes nothing now; the platform is to try again.
    static func unavailable(_ error: JournalError?) -> HTTPResponse {
        .problem(
            status: 503, title: "Not accepted",
            detail:
                "Nothing was kept: \(error.map { "\($0)" } ?? "too many requests wait"). Try again later.",
            headers: ["Retry-After": "5"])
    }
}
