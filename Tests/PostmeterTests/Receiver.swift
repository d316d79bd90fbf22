import NIOCore
import Postmeter
import PostmeterTransport
import Synchronization

/// An OTLP receiver that keeps the bodies it is sent.
final class Receiver: Sendable {
    /// A request as it came.
    struct Received: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    private let kept: Kept
    private let listener: HTTPListener

    private final class Kept: Sendable {
        let list = Mutex<[Received]>([])
    }

    init() async throws {
        let kept = Kept()
        var router = HTTPRouter()
        for path in ["/v1/metrics", "/v1/traces", "/v1/logs"] {
            router.on(.post, path, bodyLimit: 1 << 20) { request, responder in
                let body = request.withBodyBytes { Array($0) }
                kept.list.withLock {
                    $0.append(Received(path: path, headers: request.headers, body: body))
                }
                responder.respond(
                    HTTPResponse(status: 200, headers: ["Content-Type": "application/x-protobuf"]))
            }
        }
        listener = try await HTTPListener.bind(.init(port: 0), router: router)
        self.kept = kept
    }

    var endpoint: String {
        "http://\(listener.address)"
    }

    /// This receiver as a target that is waited for until it answers, however long this process waits for its turn.
    func target(headers: [String: String] = [:]) -> PostmeterConfiguration.OTLP {
        var target = PostmeterConfiguration.OTLP(
            endpoint: endpoint, headers: headers, timeout: .seconds(300))
        target.metrics.deadline = .seconds(300)
        target.traces.deadline = .seconds(300)
        target.logs.deadline = .seconds(300)
        return target
    }

    func requests(_ path: String) -> [Received] {
        kept.list.withLock { $0.filter { $0.path == path } }
    }

    /// Whether a body on this path contains a text, as protobuf carries it.
    func has(_ text: String, on path: String) -> Bool {
        requests(path).contains { $0.body.contains(Array(text.utf8)) }
    }

    func close() async {
        await listener.close(within: .zero)
    }
}
