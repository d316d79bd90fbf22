import NIOCore
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerLimitTests {
    private let head = "GET /hello HTTP/1.1\r\nHost: a\r\n"

    @Test func `a head that does not end in time is answered 408`() async throws {
        // Long enough for this thread to send its part, however busy the machine is: a connection that says
        // nothing until then is closed without an answer.
        let limits = HTTPLimits.with { $0.headTimeout = .milliseconds(2_500) }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /hello HTTP/1.1\r\nHost:")
            let text = try await peer.rest()
            #expect(text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(text.contains("The request's head did not arrive within 2.5 seconds."))
        }
    }

    @Test func `a connection that says nothing is closed`() async throws {
        let limits = HTTPLimits.with { $0.headTimeout = .milliseconds(30) }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            #expect(try await peer.rest() == "")
        }
    }

    @Test func `a connection that says nothing more is closed`() async throws {
        let limits = HTTPLimits.with { $0.idleTimeout = .milliseconds(30) }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(head + "\r\n")
            #expect(try await peer.response().hasSuffix("hello"))
            #expect(try await peer.rest() == "")
        }
    }

    @Test(arguments: ["/echo", "/none"])
    func `a body that does not end in time is answered 408`(path: String) async throws {
        let limits = HTTPLimits.with { $0.bodyTimeout = .milliseconds(30) }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabc")
            #expect(try await peer.rest().hasPrefix("HTTP/1.1 408 "))
            #expect(listener.present.bytes == 0)
        }
    }

    @Test func `a handler that does not answer in time is answered for, and its late answer ignored`()
        async throws
    {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in held.add(responder) }
            router.on(.get, "/hello") { _, responder in responder.respond(.text("hello")) }
        }
        let limits = HTTPLimits.with { $0.answerTimeout = .milliseconds(30) }
        try await withListener(router, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 503 "))
            #expect(response.contains("\r\nRetry-After: 1\r\n"))
            #expect(listener.present.requests == 1)
            await held.next()?.respond(.text("late"))
            peer.send(head + "\r\n")
            #expect(try await peer.response().hasSuffix("hello"))
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a peer that does not take its response is cut off`() async throws {
        let router = HTTPRouter.of { router in
            let response = HTTPResponse(status: 200, bytes: [UInt8](repeating: 0, count: 64 << 20))
            router.on(.get, "/") { _, responder in responder.respond(response) }
        }
        let limits = HTTPLimits.with { $0.writeTimeout = .milliseconds(50) }
        try await withListener(router, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // Room for the request of another one, which must not be looked at.
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await untilTrue { listener.present.connections == 0 }
        }
    }

    @Test(arguments: [
        String(repeating: "A: b\r\n", count: 65),
        "A: " + String(repeating: "b", count: 9_000) + "\r\n",
        String(repeating: "A: " + String(repeating: "b", count: 3_000) + "\r\n", count: 6),
    ])
    func `too many or too long header fields are answered 431`(fields: String) async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(head + fields + "\r\n")
            let text = try await peer.rest()
            #expect(text.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
            #expect(text.contains("\"detail\":\"The request's head is too long or has too many fields.\""))
        }
    }

    @Test func `a target that is too long is answered 431`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.rest().hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test(arguments: ["\r\n", " "])
    func `what the decoder does not count is counted on the wire`(filler: String) async throws {
        // Line breaks before the request line, and spaces after a colon.
        let limits = HTTPLimits.with { $0.lingerBytes = 1 << 20 }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(filler == " " ? head + "A:" : "")
            let block = String(repeating: filler, count: 4_096)
            var blocks = 0
            while blocks < 10_000, peer.send(block) {
                blocks += 1
            }
            #expect(blocks < 10_000)
        }
    }

    @Test func `a flood of chunk extensions is answered 413`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
            let block = String(repeating: "a", count: 8_192)
            for _ in 0..<8 {
                peer.send(block)
            }
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 413 "))
            #expect(response.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `a request too many in flight is answered 503`() async throws {
        let held = Collected<HTTPResponder>()
        let rejections = Collected<HTTPRejection>()
        let router = HTTPRouter.of { router in
            router.on(
                .get,
                "/",
                reject: { request, rejection in
                    rejections.add(rejection)
                    return rejection.problem(for: request)
                },
                handler: { _, responder in held.add(responder) }
            )
        }
        let limits = HTTPLimits.with { $0.requestsInFlight = 1 }
        try await withListener(router, limits: limits) { listener in
            let first = try RawConnection(port: listener.port)
            first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            let second = try RawConnection(port: listener.port)
            second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await second.response()
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(response.contains("\r\nRetry-After: 1\r\n"))
            #expect(!response.contains("\r\nConnection: close\r\n"))
            #expect(rejections.all == [.overloaded("Too many requests wait to be served; try again.")])
            responder?.respond(.text("first"))
            #expect(try await first.response().hasSuffix("first"))
            second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await held.next()?.respond(.text("second"))
            #expect(try await second.response().hasSuffix("second"))
        }
    }

    @Test func `too many bytes in flight are answered 503`() async throws {
        let limits = HTTPLimits.with { $0.bodyBytesInFlight = 5 }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n01234")
            #expect(try await peer.response().hasSuffix("01234"))
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n012345")
            #expect(try await peer.rest().hasPrefix("HTTP/1.1 503 "))
            #expect(listener.present.bytes == 0)
        }
    }

    @Test func `a connection too many is answered 503 when all others are busy`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        let limits = HTTPLimits.with { $0.connections = 1 }
        try await withListener(router, limits: limits) { listener in
            let busy = try RawConnection(port: listener.port)
            busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            let text = try await RawConnection(port: listener.port).rest()
            #expect(text.hasPrefix("HTTP/1.1 503 "))
            #expect(text.contains("Too many connections are open; try again."))
            responder?.respond(.text("done"))
            #expect(try await busy.response().hasSuffix("done"))
        }
    }
}

/// Waits for something that another thread brings about.
func untilTrue(_ condition: () -> Bool) async {
    while !condition() {
        await Task.yield()
    }
}
