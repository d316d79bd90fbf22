import NIOCore
import Testing

@testable import PostmeterTransport

/// What waits while an answer is on its way.
@Suite struct HTTPListenerPipeliningTests {
    @Test func `a peer that ends its side has no more read than may wait`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await held.next()
            // Read only because of the end that follows; less than a socket holds, or the end would not come.
            peer.send(String(repeating: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", count: 400))
            peer.endSending()
            await untilTrue { listener.present.connections == 0 }
            responder?.respond(.text("too late"))
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `what a peer asked for before it ended its side is answered`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 100))
            peer.endSending()
            for _ in 0..<100 {
                await held.next()?.respond(.text("answer"))
            }
            #expect(try await peer.rest().ranges(of: "answer").count == 100)
        }
    }
}
