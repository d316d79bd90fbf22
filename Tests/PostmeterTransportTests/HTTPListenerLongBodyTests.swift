import NIOCore
import NIOHTTP1
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerLongBodyTests {
    /// Bodies of more than 10 bytes are long, and there is room for 50 bytes of them.
    private let limits = HTTPLimits.with {
        $0.shortBodyBytes = 10
        $0.longBodyBytesInFlight = 50
    }

    /// Answers `POST /{name}` with the number of bytes, but for those to `/held`, whose responders are kept; up to
    /// 1,000 bytes where the name is not `short`.
    private func router(
        held: Collected<HTTPResponder> = Collected(),
        rejections: Collected<HTTPRejection> = Collected()
    ) -> HTTPRouter {
        HTTPRouter.of { router in
            router.on(
                .post,
                "/{name}",
                bodyLimit: { $0["name"] == "short" ? 10 : 1_000 },
                reject: { request, rejection in
                    rejections.add(rejection)
                    return rejection.problem(for: request)
                },
                handler: { request, responder in
                    guard request.parameters["name"] != "held" else { return held.add(responder) }
                    responder.respond(.text("\(request.body.readableBytes) bytes"))
                }
            )
        }
    }

    private func post(_ name: String, _ length: Int, sends body: String? = nil) -> String {
        "POST /\(name) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
            + (body ?? String(repeating: "a", count: length))
    }

    @Test func `how long a body may be depends on what the path names`() async throws {
        try await withListener(router(), limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(post("short", 10) + post("other", 11))
            #expect(try await peer.response().hasSuffix("10 bytes"))
            #expect(try await peer.response().hasSuffix("11 bytes"))
            peer.send(post("short", 11))
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 413 "))
            #expect(response.contains("The body is longer than 10 bytes, the most that /short takes."))
            peer.send(
                "POST /short HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\naaaaaaaaaaa\r\n")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(arguments: [false, true])
    func `a long body for which there is no room is answered 503, and short ones get in`(isChunked: Bool)
        async throws
    {
        let held = Collected<HTTPResponder>()
        let rejections = Collected<HTTPRejection>()
        try await withListener(router(held: held, rejections: rejections), limits: limits) { listener in
            let first = try RawConnection(port: listener.port)
            let body = String(repeating: "a", count: 30)
            let chunked =
                "POST /held HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n\(body)\r\n0\r\n\r\n"
            first.send(isChunked ? chunked : post("held", 30))
            let responder = await held.next()
            #expect(listener.present.longBytes == 30)
            let second = try RawConnection(port: listener.port)
            second.send(isChunked ? chunked : post("held", 30))
            let response = try await second.response()
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(response.contains("\r\nRetry-After: 1\r\n"))
            #expect(
                rejections.all == [.overloaded("Too many bytes of long bodies are on their way; try again.")])
            #expect(listener.present.longBytes == 30)
            let third = try RawConnection(port: listener.port)
            third.send(post("other", 10) + post("other", 20))
            #expect(try await third.response().hasSuffix("10 bytes"))
            #expect(try await third.response().hasSuffix("20 bytes"))
            responder?.respond(.text("done"))
            #expect(try await first.response().hasSuffix("done"))
            #expect(listener.present.longBytes == 0 && listener.present.bytes == 0)
            third.send(post("other", 50))
            #expect(try await third.response().hasSuffix("50 bytes"))
        }
    }

    @Test func `a long body takes up room from its head on, and none when its peer has gone`() async throws {
        try await withListener(router(), limits: limits) { listener in
            var peer: RawConnection? = try RawConnection(port: listener.port)
            peer?.send(post("other", 40, sends: "aaa"))
            await untilTrue { listener.present.bytes == 3 }
            #expect(listener.present.longBytes == 40)
            peer = nil
            await untilTrue { listener.present.connections == 0 }
            #expect(listener.present.longBytes == 0 && listener.present.bytes == 0)
        }
    }

    @Test func `a peer that sends a long body in spite of its refusal sees why`() async throws {
        var limits = limits
        limits.lingerBytes = 1_000
        let router = HTTPRouter.of { router in
            router.on(.post, "/", bodyLimit: 8 << 20) { _, responder in responder.respond(.text("no")) }
        }
        try await withListener(router, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            #expect(peer.send(post("", 4 << 20)))
            peer.endSending()
            #expect(try await peer.rest().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func `a peer that stops in a long body is waited for no longer than for a short one`() async throws
    {
        var limits = limits
        limits.bodyTimeout = .milliseconds(30)
        limits.longBodyBytesPerSecond = 1_000
        try await withListener(router(), limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(post("other", 40, sends: String(repeating: "a", count: 20)))
            let response = try await peer.rest()
            #expect(response.hasPrefix("HTTP/1.1 408 "))
            #expect(
                response.contains(
                    "The request's body did not arrive within 0.03 seconds and a second more for each 1000 "
                        + "bytes of it."))
        }
    }

    @Test func `a long body has ten seconds, and one more for each MiB that has come`() {
        let timeouts = HTTPTimeouts(HTTPLimits())
        #expect(timeouts.longBody(after: 0) == 10_000_000_000)
        #expect(timeouts.longBody(after: 1 << 20) == 11_000_000_000)
        #expect(timeouts.longBody(after: 40 << 20) == 50_000_000_000)
    }

    @Test func `a long body of known length gets its memory once`() {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        head.headers.add(name: "Content-Length", value: "\(3 << 20)")
        var request = IncomingRequest(head, received: 0)
        request.longBodyBytes = 3 << 20
        func append() {
            var part = ByteBuffer(repeating: 7, count: 1 << 16)
            request.append(&part)
        }
        func place() -> UnsafeRawPointer? { request.body.withUnsafeReadableBytes { $0.baseAddress } }
        append()
        append()
        let (first, capacity) = (place(), request.body.capacity)
        // NIO makes it the next power of two, of which only what is written to becomes memory.
        #expect(capacity == 4 << 20)
        for _ in 2..<48 { append() }
        #expect(request.body.readableBytes == 3 << 20)
        #expect(place() == first && request.body.capacity == capacity)
    }

    @Test func `the bytes of a body stay where they are as long as their owner lives`() async throws {
        struct Owned: @unchecked Sendable {
            let bytes: UnsafeRawBufferPointer
            let owner: HTTPBodyOwner
        }
        let owned = Collected<Owned>()
        let router = HTTPRouter.of { router in
            router.on(.post, "/", bodyLimit: 1_000) { request, responder in
                request.withBodyBytesAndOwner { owned.add(Owned(bytes: $0, owner: $1())) }
                responder.respond(.text("taken"))
            }
        }
        try await withListener(router) { listener in
            for number in 0..<4 {
                let peer = try RawConnection(port: listener.port)
                peer.send(post("", 900, sends: String(repeating: "\(number)", count: 900)))
                #expect(try await peer.response().hasSuffix("taken"))
            }
        }
        for (number, owned) in owned.all.enumerated() {
            withExtendedLifetime(owned.owner) {
                #expect(Array(owned.bytes) == Array(String(repeating: "\(number)", count: 900).utf8))
            }
        }
    }
}
