import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerStreamTests {
    private let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    /// A router that streams its answers; each of them is handed out, to be written by the test.
    private func router(_ streams: Collected<HTTPBodyStream>, length: Int? = nil) -> HTTPRouter {
        .of { router in
            router.on(.get, "/") { _, responder in
                streams.add(responder.stream(headers: ["A": "b"], contentLength: length))
            }
            router.on(.get, "/hello") { _, responder in responder.respond(.text("hello")) }
        }
    }

    @Test func `a body goes out in chunks, and the connection goes on`() async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request + last)
            for _ in 0..<2 {
                let stream = try #require(await streams.next())
                #expect(stream.wantsBody)
                try await stream.write(Array("hello".utf8))
                try await stream.write([])
                try await stream.write(Array(", all of you".utf8))
                stream.finish()
            }
            let body = "5\r\nhello\r\nc\r\n, all of you\r\n0\r\n\r\n"
            let head = "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n"
            #expect(try await peer.rest() == "\(head)\r\n\(body)\(head)Connection: close\r\n\r\n\(body)")
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a peer of HTTP 1.0 reads until the end of the connection`() async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let stream = try #require(await streams.next())
            try await stream.write(Array("hello".utf8))
            stream.finish()
            #expect(
                try await peer.rest() == "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\nhello")
        }
    }

    @Test func `a body of known length is not chunked`() async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams, length: 6)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(last)
            let stream = try #require(await streams.next())
            try await stream.write(Array("abc".utf8))
            try await stream.write(Array("def".utf8))
            stream.finish()
            #expect(
                try await peer.rest()
                    == "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabcdef")
        }
    }

    @Test(arguments: [(nil, ""), (6, "Content-Length: 6\r\n")])
    func `HEAD gets the head, and what is written goes nowhere`(length: Int?, field: String) async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams, length: length)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response(toHead: true) == "HTTP/1.1 200 OK\r\nA: b\r\n\(field)\r\n")
            let stream = try #require(await streams.next())
            #expect(!stream.wantsBody)
            try await stream.write(Array("abc".utf8))
            stream.finish()
            peer.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response().hasSuffix("hello"))
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a piece of any size arrives whole, in chunks of 64 KiB`() async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(last)
            let stream = try #require(await streams.next())
            async let text = peer.rest()
            try await stream.write([UInt8](repeating: UInt8(ascii: "x"), count: 10 * 65_536 + 1))
            stream.finish()
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            let body = String(repeating: chunk, count: 10) + "1\r\nx\r\n0\r\n\r\n"
            #expect(try await text.hasSuffix("\r\n\r\n" + body))
        }
    }

    @Test(arguments: [HTTPStreamError.ended, .tooLong])
    func `a body that is cut short does not look whole`(error: HTTPStreamError) async throws {
        let streams = Collected<HTTPBodyStream>()
        let seen = Collected<HTTPObservation>()
        try await withListener(router(streams, length: 6), observer: seen.add) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            let stream = try #require(await streams.next())
            try await stream.write(Array("abc".utf8))
            if error == .tooLong {
                await #expect(throws: HTTPStreamError.tooLong) { try await stream.write(Array("defg".utf8)) }
            } else {
                stream.finish()
            }
            await #expect(throws: RawConnection.Failure.self) { try await peer.rest() }
            await #expect(throws: error) { try await stream.write([1]) }
            let observation = try #require(await seen.next())
            #expect(observation.status == 200 && observation.responseBytes == 3 && !observation.isWhole)
        }
    }

    @Test(arguments: ["1.1", "1.0"])
    func `a stream that is let go of is reset`(version: String) async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in
                let stream = responder.stream()
                Task {
                    try await stream.write(Array("abc".utf8))
                    streams.add(stream)
                }
            }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/\(version)\r\nHost: a\r\n\r\n")
            await streams.next()?.abort()
            await #expect(throws: RawConnection.Failure.self) { try await peer.rest() }
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `a stream that is let go of before its first piece is answered 500`() async throws {
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in _ = responder.stream() }
            router.on(.get, "/hello") { _, responder in responder.respond(.text("hello")) }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            #expect(try await peer.response().hasPrefix("HTTP/1.1 500 "))
            peer.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response().hasSuffix("hello"))
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `what has ended takes nothing more`() async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in
                streams.add(responder.stream())
                streams.add(responder.stream())
            }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(last)
            let first = try #require(await streams.next())
            let second = try #require(await streams.next())
            await #expect(throws: HTTPStreamError.ended) { try await second.write([1]) }
            #expect(!second.wantsBody)
            second.finish()
            first.finish()
            first.finish()
            first.abort()
            await #expect(throws: HTTPStreamError.ended) { try await first.write([1]) }
            #expect(try await peer.rest().hasSuffix("\r\n\r\n0\r\n\r\n"))
            #expect(listener.present.requests == 0)
        }
    }

    @Test func `pipelined requests wait for the end of a stream`() async throws {
        let streams = Collected<HTTPBodyStream>()
        try await withListener(router(streams)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request + "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let stream = try #require(await streams.next())
            try await stream.write(Array("abc".utf8))
            stream.finish()
            let text = try await peer.rest()
            #expect(text.contains("\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"))
            #expect(text.hasSuffix("hello"))
        }
    }
}
