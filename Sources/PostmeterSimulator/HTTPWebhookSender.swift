internal import PostmeterTransport
internal import Synchronization

/// Posts webhooks with the HTTP client, over as many connections as there are requests in flight.
final class HTTPWebhookSender: WebhookSender {
    private let client: HTTPClient
    private let certificatePort: Int
    private let server = Mutex<CertificateServer?>(nil)
    private let target: String

    init(_ configuration: Simulator.Configuration) {
        var settings = HTTPClient.Configuration(userAgent: "postmeter-simulator")
        settings.concurrency = configuration.concurrency
        settings.pendingLimit = max(settings.pendingLimit, 2 * configuration.concurrency)
        client = HTTPClient(settings)
        target = configuration.target
        certificatePort = configuration.certificatePort
    }

    func open(_ stamp: WebhookStamp) async throws(SimulatorError) {
        guard let signer = stamp.signer else { return }
        let started = try await CertificateServer.start(signer, port: certificatePort)
        server.withLock { $0 = started }
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
        await server.withLock { $0 }?.close()
    }
}
