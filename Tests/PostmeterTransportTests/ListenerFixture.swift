import NIOCore
import Synchronization

@testable import PostmeterTransport

/// Starts a listener on a port of its own, runs `body` with it and closes it.
func withListener(
    _ router: HTTPRouter,
    limits: HTTPLimits = .patient,
    security: ListenerSecuritySource? = nil,
    warn: @escaping @Sendable (String) -> Void = { _ in },
    observer: @escaping @Sendable (HTTPObservation) -> Void = { _ in },
    _ body: (HTTPListener) async throws -> Void
) async throws {
    let group = HTTPListener.makeEventLoops(2)
    let listener = try await HTTPListener.bind(
        HTTPListener.Configuration(limits: limits, security: security),
        router: router,
        group: group,
        warn: warn,
        observer: observer
    )
    let result: Result<Void, any Error>
    do {
        try await body(listener)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await listener.close(within: .milliseconds(100))
    try await group.shutdownGracefully()
    try result.get()
}

extension HTTPRouter {
    /// A router of some routes.
    static func of(_ add: (inout HTTPRouter) -> Void) -> HTTPRouter {
        var router = HTTPRouter()
        add(&router)
        return router
    }

    /// A router that answers `POST /echo` with the body that it got, and `GET /hello` with "hello".
    static let echo = HTTPRouter.of { router in
        router.on(.post, "/echo", bodyLimit: 1_000) { request, responder in
            responder.respond(HTTPResponse(status: 200, body: request.body))
        }
        router.on(.get, "/hello") { _, responder in
            responder.respond(.text("hello"))
        }
    }
}

extension HTTPLimits {
    /// Limits under which a slow machine does not make anything expire.
    static let patient = HTTPLimits.with { _ in }

    /// Patient limits, some of them changed.
    static func with(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.headTimeout = .seconds(3_600)
        limits.bodyTimeout = .seconds(3_600)
        limits.idleTimeout = .seconds(3_600)
        limits.answerTimeout = .seconds(3_600)
        limits.writeTimeout = .seconds(3_600)
        change(&limits)
        return limits
    }
}

/// Values from any thread, in the order in which they came.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let arrivals: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (arrivals, continuation) = AsyncStream.makeStream(of: Value.self)
    }

    func add(_ value: Value) {
        values.withLock { $0.append(value) }
        continuation.yield(value)
    }

    var all: [Value] { values.withLock(\.self) }

    /// Waits for the next value; one task at a time.
    func next() async -> Value? {
        var iterator = arrivals.makeAsyncIterator()
        return await iterator.next()
    }
}
