import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

/// What a listener says to whoever comes while it has enough to do.
@Suite struct HTTPListenerOverloadTests {
    private final class Door: Sendable {
        let isOpen = Atomic<Bool>(false)
        let served = Atomic<Int>(0)
    }

    @Test func `a route that is closed refuses at the head, and the connection is kept`() async throws {
        let door = Door()
        let router = HTTPRouter.of { router in
            router.on(
                .post, "/", bodyLimit: { _ in 100 }, isOpen: { door.isOpen.load(ordering: .relaxed) },
                handler: { _, responder in
                    door.served.add(1, ordering: .relaxed)
                    responder.respond(.text("served"))
                })
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            let request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n01234"
            peer.send(request)
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(response.contains("\r\nRetry-After: 1\r\n"))
            #expect(!response.contains("\r\nConnection: close\r\n"))
            #expect(door.served.load(ordering: .relaxed) == 0)
            #expect(listener.present.requests == 0 && listener.present.bytes == 0)
            door.isOpen.store(true, ordering: .relaxed)
            peer.send(request)
            #expect(try await peer.response().hasSuffix("served"))
        }
    }

    @Test(arguments: [(8_192, 8_192, 4_096), (8_192, 100_000, 8_192), (8_192, 20, 64), (1, 20, 1)])
    func `no more requests wait than half of the connections, and 64 in any case`(
        limit: Int, connections: Int, most: Int
    ) {
        let load = ListenerLoad(.with { $0.requestsInFlight = limit }, connectionLimit: connections)
        for _ in 0..<most {
            #expect(!load.isFull)
            #expect(load.enter())
        }
        #expect(load.isFull && !load.enter())
        load.leave(bodyBytes: 0, longBodyBytes: 0)
        #expect(!load.isFull && load.enter())
    }

    @Test func `a connection too many hears why, though it has sent a request by then`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        try await withListener(router, limits: .with { $0.connections = 1 }) { listener in
            let busy = try RawConnection(port: listener.port)
            busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            let other = try RawConnection(port: listener.port)
            other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
            other.send(String(repeating: "x", count: 200_000))
            #expect(try await other.rest().hasPrefix("HTTP/1.1 503 "))
            responder?.respond(.text("done"))
            #expect(try await busy.response().hasSuffix("done"))
        }
    }
}
