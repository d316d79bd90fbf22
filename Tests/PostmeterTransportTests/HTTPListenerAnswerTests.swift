import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerAnswerTests {
    private static let numbered = HTTPRouter.of { router in
        router.on(.get, "/{number}") { request, responder in
            responder.respond(.text(request.parameters["number"] ?? "-"))
        }
    }

    @Test func `pipelined requests are answered in order, however late`() async throws {
        let held = Collected<(String, HTTPResponder)>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/{number}") { request, responder in
                held.add((request.parameters["number"] ?? "-", responder))
            }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send((1...5).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for _ in 1...5 {
                let (number, responder) = try #require(await held.next())
                let thread = JoinableThread(name: "answer") { responder.respond(.text("answer \(number)")) }
                thread?.join()
            }
            for number in 1...5 {
                #expect(try await peer.response().hasSuffix("answer \(number)"))
            }
        }
    }

    @Test func `thousands of pipelined requests do not pile up`() async throws {
        try await withListener(Self.numbered) { listener in
            let count = 5_000
            let port = listener.port
            let peer = try RawConnection(port: port)
            // Two connections' worth of text at a time, so that neither side waits for the other.
            for start in stride(from: 0, to: count, by: 500) {
                peer.send((start..<start + 500).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                for number in start..<start + 500 {
                    let response = try await peer.response()
                    #expect(response.hasSuffix("\r\n\r\n\(number)"))
                }
            }
        }
    }

    @Test func `only the first answer counts`() async throws {
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in
                responder.respond(.text("first"))
                responder.respond(.text("second"))
                responder.eventLoop.execute { responder.respond(.text("third")) }
            }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            for _ in 0..<3 {
                peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await peer.response().hasSuffix("first"))
            }
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a request that its handler forgets is answered 500`() async throws {
        let warnings = Collected<String>()
        let router = HTTPRouter.of { $0.on(.get, "/lost/{a}") { _, _ in } }
        try await withListener(router, warn: warnings.add) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /lost/x HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 500 "))
            #expect(response.contains("The request was taken, but nothing answered it."))
            #expect(warnings.all == ["The handler of /lost/{a} let go of a request without an answer."])
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `an answer for a peer that has gone is let go of`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of {
            $0.on(.post, "/", bodyLimit: 10) { _, responder in held.add(responder) }
        }
        try await withListener(router) { listener in
            do {
                let peer = try RawConnection(port: listener.port)
                peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            }
            let responder = await held.next()
            #expect(listener.present.requests == 1)
            #expect(listener.present.bytes == 3)
            responder?.respond(.text("nobody hears this"))
            await untilTrue { listener.present.connections == 0 }
            #expect(listener.present.requests == 0)
            #expect(listener.present.bytes == 0)
        }
    }

    @Test func `a batch answers the requests of many connections and loops`() async throws {
        let batch = Mutex(HTTPAnswerBatch())
        let held = Collected<Int>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/{number}") { request, responder in
                batch.withLock { $0.add(.text(request.parameters["number"] ?? "-"), to: responder) }
                held.add(1)
            }
        }
        try await withListener(router) { listener in
            let peers = try (0..<20).map { _ in try RawConnection(port: listener.port) }
            for round in 0..<3 {
                for (index, peer) in peers.enumerated() {
                    peer.send("GET /\(round * 100 + index) HTTP/1.1\r\nHost: a\r\n\r\n")
                }
                for _ in peers {
                    _ = await held.next()
                }
                let (before, after) = batch.withLock { batch in
                    let before = batch.isEmpty
                    batch.send()
                    return (before, batch.isEmpty)
                }
                #expect(!before && after)
                for (index, peer) in peers.enumerated() {
                    #expect(try await peer.response().hasSuffix("\r\n\r\n\(round * 100 + index)"))
                }
            }
        }
    }

    @Test func `closing lets requests finish and closes what waits`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in held.add(responder) }
            router.on(.get, "/hello") { _, responder in responder.respond(.text("hello")) }
        }
        try await withListener(router) { listener in
            let idle = try RawConnection(port: listener.port)
            idle.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await idle.response()
            let busy = try RawConnection(port: listener.port)
            busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            async let closed: Void = listener.close(within: .seconds(60))
            #expect(try await idle.rest() == "")
            #expect(throws: RawConnection.Failure.self) { try RawConnection(port: listener.port) }
            responder?.respond(.text("still served"))
            let text = try await busy.rest()
            #expect(text.contains("\r\nConnection: close\r\n"))
            #expect(text.hasSuffix("still served"))
            await closed
            #expect(listener.present.connections == 0)
        }
    }

    @Test func `closing cuts what does not finish in time`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        try await withListener(router) { listener in
            let busy = try RawConnection(port: listener.port)
            busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            await listener.close(within: .milliseconds(20))
            #expect(try await busy.rest() == "")
            responder?.respond(.text("too late"))
            #expect(listener.present.requests == 0)
        }
    }
}
