internal import PostmeterTransport

/// Posts webhooks with the HTTP client, over as many connections as there are requests in flight.
struct HTTPWebhookSender: WebhookSender {
    private let client: HTTPClient
    private let target: String

    init(_ configuration: Simulator.Configuration) {
        var settings = HTTPClient.Configuration(userAgent: "postmeter-simulator")
        settings.concurrency = configuration.concurrency
        settings.pendingLimit = max(settings.pendingLimit, 2 * configuration.concurrency)
        client = HTTPClient(settings)
        target = configuration.target
    }

    func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> WebhookAnswer {
        let request = HTTPClientRequest(
            url: target,
            headers: HTTPHeaders(headers),
            body: body,
            timeout: .seconds(15)
        )
        // The simulator tries again itself: a platform does so after any failure, not only after some.
        let result = await client.send(request, retry: .none)
        switch result.outcome {
        case .success(let response): return .status(response.status)
        case .failure(let error): return .failure(error.kind.rawValue)
        }
    }

    func close() async {
        client.shutdown()
    }
}
