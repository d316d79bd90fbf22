import PostmeterOTLP
package import PostmeterTransport

/// Writes what would be pushed to standard output, for people to look at: a line of JSON for each request.
///
/// It stands in for a receiver: a request whose line was written is accepted. Where the line does not go out,
/// because nobody reads, its `send` does not return, as with a receiver that hangs; the process is not held up.
package struct ConsoleTransport: ExportTransport {
    private let output: ConsoleOutput

    package init(output: ConsoleOutput = .standardOutput) {
        self.output = output
    }

    package func send(_ request: HTTPClientRequest, retry: RetryPolicy) async -> HTTPClientResult {
        guard let line = Self.line(of: request) else {
            return Self.failure(HTTPClientError(.invalidRequest, "the request is no OTLP"))
        }
        guard await output.write(line) else {
            return Self.failure(HTTPClientError(.other, "standard output cannot be written to"))
        }
        return HTTPClientResult(
            outcome: .success(HTTPClientResponse(status: 200, headers: [:], body: [])), attempts: 1,
            nanoseconds: 0)
    }

    /// The line of a request, with its end.
    private static func line(of request: HTTPClientRequest) -> [UInt8]? {
        let kinds: [(path: String, kind: OTLPJSON.Request)] = [
            ("/v1/metrics", .metrics), ("/v1/traces", .traces), ("/v1/logs", .logs),
        ]
        guard let kind = kinds.first(where: { request.url.hasSuffix($0.path) })?.kind else { return nil }
        return OTLPJSON.line(kind, request.body).map { $0 + [UInt8(ascii: "\n")] }
    }

    private static func failure(_ error: HTTPClientError) -> HTTPClientResult {
        HTTPClientResult(outcome: .failure(error), attempts: 1, nanoseconds: 0)
    }
}
