/// Why a request got no response.
package struct HTTPClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong; from a closed set, so that it may become the value of an attribute.
    package enum Kind: String, Sendable, CaseIterable {
        /// The URL, a header field or a setting cannot be used.
        case invalidRequest = "invalid_request"
        /// As many requests as allowed are under way.
        case queueFull = "queue_full"
        case nameNotResolved = "name_not_resolved"
        case connectionRefused = "connection_refused"
        /// The peer's certificate, or ours, was not accepted, a file of them cannot be read, or TLS could not be
        /// agreed on; no request was sent.
        case tls = "tls"
        case timeout = "timeout"
        /// The connection ended before the response did.
        case connectionLost = "connection_lost"
        /// The peer does not speak HTTP, or breaks its rules.
        case invalidResponse = "invalid_response"
        case responseTooLarge = "response_too_large"
        /// The client was shut down.
        case cancelled = "cancelled"
        case other = "_OTHER"
    }

    package let kind: Kind
    package let message: String

    /// Whether it makes sense to try again: the receiver was not there, or went away before it answered.
    package let isRetryable: Bool

    package init(_ kind: Kind, _ message: String, isRetryable: Bool = false) {
        self.kind = kind
        self.message = message
        self.isRetryable = isRetryable
    }

    package var description: String { "\(kind.rawValue): \(message)" }
}
