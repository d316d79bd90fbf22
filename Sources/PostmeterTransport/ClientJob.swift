/// A request on its way through the client.
final class ClientJob: Sendable {
    let request: HTTPClientRequest
    let policy: RetryPolicy
    let started: UInt64
    let completion: @Sendable (HTTPClientResult) -> Void

    /// The body as it goes out.
    let body: ClientBody

    init(
        _ request: HTTPClientRequest,
        policy: RetryPolicy,
        started: UInt64,
        completion: @escaping @Sendable (HTTPClientResult) -> Void
    ) {
        var request = request
        if request.isCompressed {
            request.headers.replace("Content-Encoding", with: "gzip")
        } else if request.gzip, let compressed = Gzip.compress(request.body) {
            request.headers.replace("Content-Encoding", with: "gzip")
            request.body = compressed
        }
        body = ClientBody(request.body)
        request.body = []
        self.request = request
        self.policy = policy
        self.started = started
        self.completion = completion
    }
}
