import NIOCore
import Testing

@testable import PostmeterTransport

/// Which connection makes room for one too many.
@Suite struct HTTPListenerEvictionTests {
    private let head = "GET /hello HTTP/1.1\r\nHost: a\r\n"

    @Test func `a connection too many takes the place of one that waits`() async throws {
        let limits = HTTPLimits.with { $0.connections = 1 }
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits),
            router: .echo,
            group: group
        )
        let waiting = try RawConnection(port: listener.port)
        waiting.send("GET /")
        let other = try RawConnection(port: listener.port)
        other.send(head + "\r\n")
        #expect(try await other.response().hasSuffix("hello"))
        // What it had sent may be unread, and then its connection is reset.
        #expect((try? await waiting.rest()) ?? "" == "")
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }

    /// Starts a listener of one loop and two connections, with `kept` and then `displaced` open; then a third peer asks.
    private func displace(_ kept: String, _ displaced: String, isReset: Bool) async throws {
        let limits = HTTPLimits.with { limits in
            limits.connections = 2
            limits.headStart = .zero
        }
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits), router: .large, group: group)
        let first = try RawConnection(port: listener.port)
        first.send(kept)
        await untilTrue { listener.present.bytes == 2 }
        let second = try RawConnection(port: listener.port)
        second.send(displaced)
        await untilTrue { listener.present.connections == 2 }
        let third = try RawConnection(port: listener.port)
        third.send(head + "\r\n")
        #expect(try await third.response().hasSuffix("hello"))
        let rest = try? await second.rest()
        #expect(rest == nil || !isReset)
        // The first is still there, and may go on.
        first.send("cd")
        #expect(try await first.response().hasSuffix("abcd"))
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }

    @Test(arguments: [
        ("GET /hel", false),
        ("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n", false),
        // The answer is longer than what the sockets hold, and must not look whole.
        ("GET /large HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true),
    ])
    func `the connection with which the least is lost makes room`(displaced: String, isReset: Bool)
        async throws
    {
        let body = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab"
        try await displace(body, displaced, isReset: isReset)
    }

    @Test func `a connection that has only come is kept before one that was waited for`() async throws {
        let limits = HTTPLimits.with { limits in
            limits.connections = 2
            limits.headStart = .seconds(1)
        }
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits), router: .echo, group: group)
        let body = try RawConnection(port: listener.port)
        body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        await untilTrue { listener.present.bytes == 2 }
        try await group.next().scheduleTask(in: .milliseconds(1_050)) {}.futureResult.get()
        let fresh = try RawConnection(port: listener.port)
        let other = try RawConnection(port: listener.port)
        other.send(head + "\r\n")
        #expect(try await other.response().hasSuffix("hello"))
        _ = try? await body.rest()
        fresh.send(head + "\r\n")
        #expect(try await fresh.response().hasSuffix("hello"))
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }

    @Test func `a connection that was served just now keeps its place`() async throws {
        let limits = HTTPLimits.with { limits in
            limits.connections = 1
            limits.headStart = .seconds(600)
        }
        try await withListener(.echo, limits: limits) { listener in
            let kept = try RawConnection(port: listener.port)
            kept.send(head + "\r\n")
            #expect(try await kept.response().hasSuffix("hello"))
            #expect(try await RawConnection(port: listener.port).rest().hasPrefix("HTTP/1.1 503 "))
            kept.send(head + "\r\n")
            #expect(try await kept.response().hasSuffix("hello"))
        }
    }

    @Test func `connections of a body that never comes give their bytes back`() async throws {
        let limits = HTTPLimits.with { limits in
            limits.connections = 1
            limits.headStart = .zero
        }
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits), router: .echo, group: group)
        let hanging = try RawConnection(port: listener.port)
        hanging.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabc")
        await untilTrue { listener.present.bytes == 3 }
        let other = try RawConnection(port: listener.port)
        other.send(head + "\r\n")
        #expect(try await other.response().hasSuffix("hello"))
        #expect(listener.present.bytes == 0)
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }
}

extension HTTPRouter {
    /// The routes of `echo`, and one whose answer no socket holds.
    fileprivate static let large = HTTPRouter.of { router in
        router.on(.post, "/echo", bodyLimit: 1_000) { request, responder in
            responder.respond(HTTPResponse(status: 200, body: request.body))
        }
        router.on(.get, "/hello") { _, responder in responder.respond(.text("hello")) }
        let response = HTTPResponse(status: 200, bytes: [UInt8](repeating: 0, count: 64 << 20))
        router.on(.get, "/large") { _, responder in responder.respond(response) }
    }
}
