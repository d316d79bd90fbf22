/// What became of the requests of a simulation.
struct RequestFigures: Sendable {
    private(set) var requests = 0
    /// Requests that were tries of a webhook after its first.
    private(set) var retries = 0
    /// Answers by status.
    private(set) var statuses: [Int: Int] = [:]
    /// Requests without an answer, by kind of failure.
    private(set) var failures: [String: Int] = [:]
    private(set) var latencies = LatencySketch()

    mutating func note(_ answer: WebhookAnswer, isRetry: Bool, nanoseconds: Int64) {
        requests += 1
        if isRetry { retries += 1 }
        switch answer {
        case .status(let status):
            statuses[status, default: 0] += 1
            latencies.note(nanoseconds)
        case .failure(let kind):
            failures[kind, default: 0] += 1
        }
    }
}
