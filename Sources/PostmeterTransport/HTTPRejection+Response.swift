extension HTTPRejection {
    /// The problem that says what is wrong.
    ///
    /// A `reject` closure that counts a refusal and leaves its shape alone returns this.
    package func problem(for request: HTTPRequest) -> HTTPResponse {
        .problem(status: status, detail: detail(method: request.method.rawValue, path: request.path))
    }

    func problem(for incoming: IncomingRequest) -> HTTPResponse {
        .problem(status: status, detail: detail(method: incoming.method.rawValue, path: incoming.target.path))
    }

    private func detail(method: String, path: String) -> String {
        switch self {
        case .notFound:
            "Nothing is served at \(Self.shortened(path))."
        case .methodNotAllowed(let allowed):
            "\(method == HTTPMethod.other.rawValue ? "This method" : method) is not served at "
                + "\(Self.shortened(path)); use \(allowed.map(\.rawValue).joined(separator: ", "))."
        case .bodyTooLarge(let limit):
            limit == 0
                ? "A \(method) request to \(Self.shortened(path)) must have no body."
                : "The body is longer than \(limit) bytes, the most that \(Self.shortened(path)) takes."
        case .headersTooLarge:
            "The request's head is too long or has too many fields."
        case .timeout(let what), .malformed(let what), .overloaded(let what), .late(let what):
            what
        case .unsupportedExpectation:
            "Expect may only ask for 100-continue."
        case .unauthorized:
            "User and password are missing or wrong."
        case .tooManyRequests:
            "There are more requests than the rate limit allows; try again later."
        case .unanswered:
            "The request was taken, but nothing answered it."
        }
    }

    /// Adds the fields that a response of this status must have, unless they are there.
    func complete(_ response: inout HTTPResponse) {
        switch self {
        case .methodNotAllowed(let allowed) where !response.headers.contains("Allow"):
            response.headers.add("Allow", allowed.map(\.rawValue).joined(separator: ", "))
        case .unauthorized where !response.headers.contains("WWW-Authenticate"):
            response.headers.add("WWW-Authenticate", "Basic realm=\"postmeter\"")
        case .overloaded where !response.headers.contains("Retry-After"),
            .late where !response.headers.contains("Retry-After"),
            .tooManyRequests where !response.headers.contains("Retry-After"):
            response.headers.add("Retry-After", "1")
        default:
            break
        }
    }

    /// A path that may be of any length, cut for a message.
    private static func shortened(_ path: String) -> String {
        path.utf8.count <= 128 ? path : String(path.unicodeScalars.prefix(128)) + "..."
    }
}
