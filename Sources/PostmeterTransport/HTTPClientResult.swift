/// How a request ended, after all its tries.
package struct HTTPClientResult: Sendable {
    /// The last response, of whatever status, or why there was none.
    package let outcome: Result<HTTPClientResponse, HTTPClientError>

    /// How often the request was sent; 0 when it never was.
    package let attempts: Int

    /// From `send` to the end, waiting included, in nanoseconds.
    package let nanoseconds: UInt64

    package init(outcome: Result<HTTPClientResponse, HTTPClientError>, attempts: Int, nanoseconds: UInt64) {
        self.outcome = outcome
        self.attempts = attempts
        self.nanoseconds = nanoseconds
    }

    /// The response, when there was one.
    package var response: HTTPClientResponse? {
        if case .success(let response) = outcome { response } else { nil }
    }

    /// The error, when there was no response.
    package var error: HTTPClientError? {
        if case .failure(let error) = outcome { error } else { nil }
    }
}
