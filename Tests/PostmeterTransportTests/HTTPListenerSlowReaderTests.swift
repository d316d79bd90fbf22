import NIOCore
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerSlowReaderTests {
    private let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// A router that streams `pieces` of 64 KiB, and tells how that ended.
    private func router(
        pieces: Int,
        _ ends: Collected<HTTPStreamError?>,
        began: Collected<Int> = Collected()
    ) -> HTTPRouter {
        .of { router in
            router.on(.get, "/") { _, responder in
                let stream = responder.stream()
                Task {
                    do {
                        for piece in 0..<pieces {
                            try await stream.write([UInt8](repeating: 0, count: 65_536))
                            began.add(piece)
                        }
                        stream.finish()
                        ends.add(nil)
                    } catch {
                        ends.add(error as? HTTPStreamError)
                    }
                }
            }
        }
    }

    @Test func `a peer that does not read holds little, and is cut off`() async throws {
        let ends = Collected<HTTPStreamError?>()
        let pieces = Collected<Int>()
        let limits = HTTPLimits.with { $0.writeTimeout = .milliseconds(50) }
        try await withListener(router(pieces: 4_096, ends, began: pieces), limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            #expect(await ends.next() == .some(.timedOut))
            await untilTrue { listener.present.connections == 0 }
            // The two sockets hold some megabytes; the rest of the 256 MiB was never made.
            #expect(pieces.all.count < 1_024)
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a producer that does not come to an end is cut off`() async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in streams.add(responder.stream()) }
        }
        let limits = HTTPLimits.with { $0.streamTimeout = .milliseconds(50) }
        try await withListener(router, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            let stream = await streams.next()
            #expect(try await peer.response().hasPrefix("HTTP/1.1 503 "))
            await #expect(throws: HTTPStreamError.timedOut) { try await stream?.write([1]) }
        }
    }

    @Test func `a peer that goes away ends its stream`() async throws {
        let ends = Collected<HTTPStreamError?>()
        let pieces = Collected<Int>()
        try await withListener(router(pieces: 1 << 20, ends, began: pieces)) { listener in
            do {
                let peer = try RawConnection(port: listener.port)
                peer.send(request)
                _ = await pieces.next()
            }
            #expect(await ends.next() == .some(.closed))
            await untilTrue { listener.present.connections == 0 }
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `one stream too many takes the place of one that stalls`() async throws {
        let ends = Collected<HTTPStreamError?>()
        let limits = HTTPLimits.with { $0.streams = 1 }
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: limits),
            router: router(pieces: 512, ends),
            group: group
        )
        let slow = try RawConnection(port: listener.port)
        slow.send(request)
        // Until the slow one's sockets are full it is not slow, and the other is refused.
        var refusals: [HTTPStreamError?] = []
        var isServed = false
        for _ in 0..<10_000 where !isServed {
            let other = try RawConnection(port: listener.port)
            other.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = try await other.rest()
            guard text.hasPrefix("HTTP/1.1 503 ") else {
                #expect(text.hasSuffix("\r\n0\r\n\r\n"))
                isServed = true
                continue
            }
            refusals.append(try #require(await ends.next()))
        }
        #expect(refusals.allSatisfy { $0 == .overloaded })
        try #require(isServed)
        // The slow one ended when the other began.
        #expect(await ends.next() == .some(.displaced))
        #expect(await ends.next() == .some(nil))
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }

    @Test func `closing lets a stream end`() async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in streams.add(responder.stream()) }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            let stream = try #require(await streams.next())
            try await stream.write(Array("abc".utf8))
            async let closed: Void = listener.close(within: .seconds(60))
            await untilTrue { (try? RawConnection(port: listener.port)) == nil }
            try await stream.write(Array("def".utf8))
            stream.finish()
            #expect(try await peer.rest().hasSuffix("\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"))
            await closed
            #expect(listener.present.connections == 0)
        }
    }

    @Test func `closing cuts a stream that does not end in time`() async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in streams.add(responder.stream()) }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            let stream = try #require(await streams.next())
            try await stream.write(Array("abc".utf8))
            await listener.close(within: .milliseconds(20))
            await #expect(throws: HTTPStreamError.closed) { try await stream.write(Array("def".utf8)) }
            stream.finish()
            let text = (try? await peer.rest()) ?? ""
            #expect(!text.hasSuffix("0\r\n\r\n"))
        }
    }
}
