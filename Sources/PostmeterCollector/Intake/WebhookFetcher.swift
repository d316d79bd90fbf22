internal import PostmeterTransport
internal import Synchronization

/// Fetches what platforms refer to in their webhooks: signing certificates, and the links that confirm a
/// subscription.
///
/// Whoever asks has made sure that the URL is on a host of the platform. Safe on any thread.
final class WebhookFetcher: Sendable {
    /// Gets a URL; the body when the answer is 200, else what went wrong.
    typealias Get =
        @Sendable (_ url: String, _ completion: @escaping @Sendable (Result<[UInt8], Failure>) -> Void) ->
        Void

    /// Why something was not fetched, for a person.
    struct Failure: Error {
        let problem: String
    }

    /// How many certificates are kept; platforms have one or two at a time.
    static let certificateLimit = 32
    /// How many URLs are fetched at a time; whatever comes on top is refused, since strangers can ask too.
    static let fetchLimit = 8
    /// How many requests wait for one of them.
    static let waitingLimit = 256

    private struct State {
        var certificates: [String: [UInt8]] = [:]
        var waiting: [String: [@Sendable (Failure?) -> Void]] = [:]
    }

    private let state = Mutex(State())
    private let get: Get

    init(get: @escaping Get) {
        self.get = get
    }

    /// A fetcher over a client, which is made for the first fetch.
    static func overHTTP() -> WebhookFetcher {
        let client = Mutex<HTTPClient?>(nil)
        return WebhookFetcher { url, completion in
            let client = client.withLock { client in
                let present = client ?? HTTPClient(Self.settings)
                client = present
                return present
            }
            client.send(HTTPClientRequest(method: .get, url: url, timeout: .seconds(8))) { result in
                switch result.outcome {
                case .success(let response) where response.status == 200:
                    completion(.success(response.body))
                case .success(let response):
                    completion(.failure(Failure(problem: "it answered \(response.status)")))
                case .failure(let error):
                    completion(.failure(Failure(problem: "\(error)")))
                }
            }
        }
    }

    private static var settings: HTTPClient.Configuration {
        var settings = HTTPClient.Configuration()
        settings.concurrency = fetchLimit
        settings.responseBytesLimit = 256 << 10
        return settings
    }

    /// The certificate that was fetched from a URL.
    func certificate(at url: String) -> [UInt8]? {
        state.withLock { $0.certificates[url] }
    }

    /// Fetches a certificate and keeps it; `completion` is given what went wrong, or nil.
    func fetchCertificate(_ url: String, completion: @escaping @Sendable (Failure?) -> Void) {
        fetch(url, completion: completion) { state, body in
            if state.certificates.count >= Self.certificateLimit, let any = state.certificates.keys.first {
                state.certificates[any] = nil
            }
            state.certificates[url] = body
        }
    }

    /// Fetches a link for what fetching it does; `completion` is given what went wrong, or nil.
    func confirm(_ url: String, completion: @escaping @Sendable (Failure?) -> Void) {
        fetch(url, completion: completion) { _, _ in }
    }

    private func fetch(
        _ url: String, completion: @escaping @Sendable (Failure?) -> Void,
        keep: @escaping @Sendable (inout State, [UInt8]) -> Void
    ) {
        enum Turn { case first, waits, refused }
        let turn: Turn = state.withLock { state in
            if let count = state.waiting[url]?.count {
                guard count < Self.waitingLimit else { return .refused }
                state.waiting[url]?.append(completion)
                return .waits
            }
            guard state.waiting.count < Self.fetchLimit else { return .refused }
            state.waiting[url] = [completion]
            return .first
        }
        switch turn {
        case .refused: completion(Failure(problem: "too much is being fetched"))
        case .waits: break
        case .first:
            get(url) { [self] result in
                let waiting = state.withLock { state in
                    if case .success(let body) = result { keep(&state, body) }
                    return state.waiting.removeValue(forKey: url) ?? []
                }
                var failure: Failure?
                if case .failure(let found) = result { failure = found }
                for waits in waiting { waits(failure) }
            }
        }
    }
}
