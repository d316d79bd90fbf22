internal import PostmeterTransport

/// Why a request about dead letters is not met.
enum DeadLetterRefusal: Error, Equatable {
    /// A field or parameter is wrong, or no letter has a number.
    case wrong(status: Int, ConfigurationError)
    /// Another order is being written to the journal.
    case busy
    /// The journal takes nothing now; so many letters of the order are in it already.
    case journal(String, written: Int)
    /// The database cannot be read.
    case database(String)

    /// The answer: a problem that names what is wrong.
    var response: HTTPResponse {
        switch self {
        case .wrong(let status, let error):
            .problem(status: status, detail: error.description)
        case .busy:
            .problem(
                status: 503, title: "Busy", detail: "Another order is under way. Try again later.",
                headers: ["Retry-After": "5"])
        case .journal(let reason, let written):
            .problem(
                status: 503, title: "Not accepted",
                detail: "\(written) letters were ordered, and then the journal took no more: \(reason). "
                    + "Try again later; what is ordered twice counts once.",
                headers: ["Retry-After": "5"])
        case .database(let reason):
            .problem(status: 500, detail: "The database cannot be read: \(reason)")
        }
    }
}
