/// How a simulated platform posts a webhook; a test has one without a network.
protocol WebhookSender: Sendable {
    /// Serves the certificate of what signs, if that has one, before the first webhook is posted.
    func open(_ stamp: WebhookStamp) async throws(SimulatorError)
    func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> WebhookAnswer
    /// Ends the sender when all is sent.
    func close() async
}

extension WebhookSender {
    func open(_ stamp: WebhookStamp) async throws(SimulatorError) {}
}

/// What a request came to.
enum WebhookAnswer: Sendable, Hashable {
    case status(Int)
    /// No answer, for this kind of reason.
    case failure(String)

    /// Whether the platform takes the webhook for delivered.
    var isAcknowledgement: Bool {
        if case .status(200...299) = self { true } else { false }
    }

    /// Whether another try with the same bytes can bring nothing else.
    var isRefusal: Bool {
        switch self {
        case .status(408), .status(425), .status(429): false
        case .status(400...499): true
        default: false
        }
    }
}
