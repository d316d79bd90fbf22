package import PostmeterTransport

/// What sends requests and tries again: the HTTP client, or a test's stand-in.
package protocol ExportTransport: Sendable {
    /// Sends a request, again as `retry` has it, and returns how it ended.
    func send(_ request: HTTPClientRequest, retry: RetryPolicy) async -> HTTPClientResult
}

extension HTTPClient: ExportTransport {}
