import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct HTTPClientTests {
    /// A policy that waits next to nothing.
    private static let quick = RetryPolicy(
        initialBackoff: .microseconds(1),
        maximumBackoff: .microseconds(1),
        deadline: .seconds(60)
    )

    private func request(
        _ listener: HTTPListener,
        _ path: String,
        method: HTTPMethod = .post,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        gzip: Bool = false,
        timeout: Duration = .seconds(60)
    ) -> HTTPClientRequest {
        HTTPClientRequest(
            method: method,
            url: "http://\(listener.address)\(path)",
            headers: headers,
            body: body,
            gzip: gzip,
            timeout: timeout
        )
    }

    /// Answers with the request as text.
    private static let mirror = HTTPRouter.of { router in
        for method in [HTTPMethod.get, .post, .put, .patch, .delete] {
            router.on(method, "/{any}", bodyLimit: 10_000_000) { request, responder in
                var lines = "\(request.method.rawValue) \(request.path) \(request.query ?? "")\n"
                request.headers.forEach { lines += "\($0): \($1)\n" }
                let isGzip = request.headers["Content-Encoding"] == "gzip"
                let body = request.withBodyBytes { Array($0) }
                let plain = isGzip ? Gzip.decompress(body, limit: 10_000_000) ?? [] : body
                var response = HTTPResponse(status: 200, bytes: Array(lines.utf8) + plain)
                response.headers.add("X-Sent", "\(body.count)")
                responder.respond(response)
            }
        }
    }

    @Test func `a request arrives as it was given`() async throws {
        try await withListener(Self.mirror) { listener in
            let client = HTTPClient(HTTPClient.Configuration(userAgent: "test/1"))
            let result = await client.send(
                request(
                    listener,
                    "/a?b=c",
                    headers: ["Content-Type": "application/x-protobuf", "X-Empty": "", "X-Key": "v"],
                    body: Array("body".utf8)
                )
            )
            let response = try #require(result.response)
            #expect(response.status == 200)
            #expect(response.headers["x-sent"] == "4")
            #expect(
                String(decoding: response.body, as: UTF8.self) == """
                    POST /a b=c
                    Host: \(listener.address)
                    User-Agent: test/1
                    Accept: */*
                    Content-Type: application/x-protobuf
                    X-Empty: 
                    X-Key: v
                    Content-Length: 4
                    body
                    """
            )
            #expect(result.attempts == 1)
            #expect(result.nanoseconds > 0)
            client.shutdown()
        }
    }

    @Test(arguments: [HTTPMethod.get, .put, .patch, .delete, .post])
    func `a method is sent, with a body and without`(method: HTTPMethod) async throws {
        try await withListener(Self.mirror) { listener in
            let client = HTTPClient()
            for body in [[], Array("some\0thing".utf8)] {
                let result = await client.send(request(listener, "/a", method: method, body: body))
                let response = try #require(result.response)
                #expect(response.body.starts(with: "\(method.rawValue) /a ".utf8))
                #expect(response.headers["X-Sent"] == "\(body.count)")
            }
        }
    }

    @Test func `HEAD gets no body`() async throws {
        try await withListener(.echo) { listener in
            let client = HTTPClient()
            let result = await client.send(request(listener, "/hello", method: .head))
            #expect(result.response?.status == 200)
            #expect(result.response?.headers["Content-Length"] == "5")
            #expect(result.response?.body == [])
        }
    }

    @Test func `a body is compressed when asked`() async throws {
        try await withListener(Self.mirror) { listener in
            let client = HTTPClient()
            let body = [UInt8](repeating: UInt8(ascii: "a"), count: 4_000_000)
            let result = await client.send(request(listener, "/a", body: body, gzip: true))
            let response = try #require(result.response)
            let sent = try #require(response.headers["X-Sent"].flatMap { Int($0) })
            #expect(sent < 50_000)
            #expect(response.body.suffix(body.count) == body[...])
        }
    }

    @Test func `a large body is sent without being compressed`() async throws {
        try await withListener(Self.mirror) { listener in
            let client = HTTPClient(.init())
            let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
            let result = await client.send(request(listener, "/a", body: body))
            #expect(result.response?.headers["X-Sent"] == "3000000")
            #expect(result.response?.body.suffix(body.count) == body[...])
        }
    }

    @Test func `connections are kept, and shared by no more requests than allowed`() async throws {
        let router = HTTPRouter.of { $0.on(.get, "/") { $1.respond(.text("yes")) } }
        try await withListener(router) { listener in
            var configuration = HTTPClient.Configuration()
            configuration.concurrency = 3
            let client = HTTPClient(configuration)
            let request = request(listener, "/", method: .get)
            let statuses = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<200 {
                    group.addTask { await client.send(request).response?.status }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [Int?](repeating: 200, count: 200))
            #expect((1...3).contains(listener.present.connections))
            #expect(client.pending == 0)
        }
    }

    @Test func `a response of 503 is tried again until there is a better one`() async throws {
        let count = Atomic(0)
        let router = HTTPRouter.of { router in
            router.on(.post, "/", bodyLimit: 100) { request, responder in
                let number = count.add(1, ordering: .relaxed).newValue
                responder.respond(
                    number < 3
                        ? .problem(status: 503, detail: "not yet", headers: ["Retry-After": "0"])
                        : HTTPResponse(status: 200, body: request.body)
                )
            }
        }
        try await withListener(router) { listener in
            let client = HTTPClient()
            let result = await client.send(
                request(listener, "/", body: Array("again".utf8)),
                retry: Self.quick
            )
            #expect(result.response?.status == 200)
            #expect(result.response?.body == Array("again".utf8))
            #expect(result.attempts == 3)
        }
    }

    @Test(arguments: [200, 204, 301, 302, 307, 400, 401, 404, 408, 413, 500, 501, 505])
    func `any other response is final`(status: Int) async throws {
        let router = HTTPRouter.of { router in
            router.on(.post, "/") { _, responder in
                responder.respond(HTTPResponse(status: status, headers: ["Location": "/elsewhere"]))
            }
        }
        try await withListener(router) { listener in
            let client = HTTPClient()
            let result = await client.send(request(listener, "/"), retry: Self.quick)
            #expect(result.response?.status == status)
            #expect(result.attempts == 1)
        }
    }

    @Test func `the last response is the result when the tries are used up`() async throws {
        let router = HTTPRouter.of { router in
            router.on(.post, "/") { $1.respond(.problem(status: 429, detail: "too many")) }
        }
        try await withListener(router) { listener in
            let client = HTTPClient()
            var policy = Self.quick
            policy.attempts = 4
            let result = await client.send(request(listener, "/"), retry: policy)
            #expect(result.response?.status == 429)
            #expect(result.attempts == 4)
        }
    }

    @Test func `a receiver that asks for more time than there is, is not waited for`() async throws {
        let router = HTTPRouter.of { router in
            router.on(.post, "/") {
                $1.respond(.problem(status: 503, detail: "down", headers: ["Retry-After": "3600"]))
            }
        }
        try await withListener(router) { listener in
            let client = HTTPClient()
            let result = await client.send(request(listener, "/"), retry: Self.quick)
            #expect(result.response?.status == 503)
            #expect(result.attempts == 1)
        }
    }

    @Test func `the wait that a receiver asks for is kept`() async throws {
        // The clock stands still but for one hour that passes once the first answer has come.
        let hour = Atomic<UInt64>(0)
        let count = Atomic(0)
        let router = HTTPRouter.of { router in
            router.on(.post, "/") { _, responder in
                let isFirst = count.add(1, ordering: .relaxed).newValue == 1
                responder.respond(
                    isFirst
                        ? .problem(status: 503, detail: "down", headers: ["Retry-After": "3600"])
                        : .text("up")
                )
            }
        }
        try await withListener(router) { listener in
            let clock = HTTPClient.Clock(
                now: { hour.load(ordering: .relaxed) },
                wallSeconds: { 0 },
                random: { 0 }
            )
            let client = HTTPClient(clock: clock)
            let result = Collected<HTTPClientResult>()
            client.send(request(listener, "/"), retry: RetryPolicy(deadline: nil), completion: result.add)
            await untilTrue { count.load(ordering: .relaxed) == 1 }
            hour.store(3_599_999_999_999, ordering: .relaxed)
            // Something else wakes the client, and it looks at the clock.
            #expect(await client.send(request(listener, "/none")).response?.status == 404)
            #expect(result.all.isEmpty)
            hour.store(3_600_000_000_000, ordering: .relaxed)
            #expect(await client.send(request(listener, "/none")).response?.status == 404)
            #expect(await result.next()?.response?.status == 200)
        }
    }

    @Test func `nobody there is an error that is tried again`() async throws {
        let port = try await HTTPListener.bind(HTTPListener.Configuration(), router: .echo)
        await port.close()
        let client = HTTPClient()
        var policy = Self.quick
        policy.attempts = 3
        let result = await client.send(request(port, "/"), retry: policy)
        #expect(result.error?.kind == .connectionRefused)
        #expect(result.error?.isRetryable == true)
        #expect(result.error?.message.contains("port \(port.port)") == true)
        #expect(result.attempts == 3)
    }

    @Test(arguments: [
        ("", HTTPClientError.Kind.connectionLost),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .connectionLost),
        ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 70_000) + "\r\n\r\n", .responseTooLarge),
        ("HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 11_000) + "\r\n", .responseTooLarge),
        ("SSH-2.0-OpenSSH_9.2\r\n", .invalidResponse),
    ])
    func `a response that is none is an error`(answer: String, kind: HTTPClientError.Kind) async {
        let server = ScriptedServer([answer])
        let client = HTTPClient()
        let result = await client.send(
            HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/", timeout: .seconds(60))
        )
        #expect(result.error?.kind == kind, "\(result)")
        server.finish()
    }

    @Test func `a connection that is lost is tried again`() async {
        let server = ScriptedServer(["", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"])
        let client = HTTPClient()
        let result = await client.send(
            HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/", body: Array("abc".utf8)),
            retry: Self.quick
        )
        #expect(result.response?.body == Array("ok".utf8))
        #expect(result.attempts == 2)
        server.finish()
        #expect(server.received.all.allSatisfy { $0.hasSuffix("\r\n\r\nabc") })
    }

    @Test func `fields of an interim response are not the response's`() async {
        let server = ScriptedServer([
            "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late:  2 \r\nContent-Length: 0\r\n\r\n"
        ])
        let client = HTTPClient()
        let result = await client.send(HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/"))
        #expect(result.response?.status == 200)
        #expect(result.response?.headers["X-Early"] == nil)
        #expect(result.response?.headers["X-Late"] == "2")
        server.finish()
    }

    @Test func `a response that is too long is an error and is not tried again`() async throws {
        let response = HTTPResponse(status: 200, bytes: [UInt8](repeating: 0, count: (4 << 20) + 1))
        let router = HTTPRouter.of { $0.on(.post, "/") { $1.respond(response) } }
        try await withListener(router) { listener in
            let client = HTTPClient()
            let result = await client.send(request(listener, "/"), retry: Self.quick)
            #expect(result.error?.kind == .responseTooLarge)
            #expect(result.error?.message == "the response's body is longer than 4194304 bytes")
            #expect(result.attempts == 1)
        }
    }

    @Test func `a try that takes too long is an error`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.post, "/") { held.add($1) } }
        try await withListener(router) { listener in
            let client = HTTPClient()
            let result = await client.send(request(listener, "/", timeout: .milliseconds(20)))
            #expect(result.error?.kind == .timeout)
            #expect(result.error?.isRetryable == true)
        }
    }

    @Test func `the deadline holds over all tries`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.post, "/") { held.add($1) } }
        try await withListener(router) { listener in
            let client = HTTPClient()
            var policy = Self.quick
            policy.deadline = .milliseconds(30)
            let result = await client.send(request(listener, "/", timeout: .seconds(60)), retry: policy)
            #expect(result.error?.kind == .timeout)
            #expect(result.attempts == 1)
        }
    }

    @Test(
        arguments: [
            ("ftp://127.0.0.1/", [:]), ("http://", [:]), ("http://127.0.0.1:x/", [:]), ("", [:]),
            ("127.0.0.1", [:]),
            ("http://127.0.0.1/", ["A": "b\r\nC: d"]), ("http://127.0.0.1/", ["A b": "c"]),
        ] as [(String, HTTPHeaders)]
    )
    func `what cannot be sent is an error`(url: String, headers: HTTPHeaders) async {
        let client = HTTPClient()
        let result = await client.send(HTTPClientRequest(url: url, headers: headers), retry: Self.quick)
        #expect(result.error?.kind == .invalidRequest, "\(result)")
        #expect(result.attempts <= 1)
    }

    @Test func `a request too many is refused at once`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.post, "/", bodyLimit: 100) { held.add($1) } }
        try await withListener(router) { listener in
            var configuration = HTTPClient.Configuration()
            configuration.concurrency = 1
            configuration.pendingLimit = 2
            configuration.pendingBytesLimit = 10
            let client = HTTPClient(configuration)
            let results = Collected<HTTPClientResult>()
            client.send(request(listener, "/", body: [1, 2, 3, 4, 5, 6]), completion: results.add)
            let tooLong = await client.send(request(listener, "/", body: [1, 2, 3, 4, 5]))
            #expect(
                tooLong.error?.description == "queue_full: the bodies under way would be more than 10 bytes"
            )
            client.send(request(listener, "/"), completion: results.add)
            let tooMany = await client.send(request(listener, "/"))
            #expect(tooMany.error?.description == "queue_full: 2 requests are under way, as many as allowed")
            #expect(tooMany.attempts == 0)
            await held.next()?.respond(.text("one"))
            await held.next()?.respond(.text("two"))
            #expect(await results.next()?.response?.status == 200)
            #expect(await results.next()?.response?.status == 200)
            #expect(client.pending == 0)
        }
    }

    @Test func `shutting down cancels what is on the wire, waiting and between two tries`() async throws {
        let held = Collected<HTTPResponder>()
        let failed = Collected<Int>()
        let router = HTTPRouter.of { router in
            router.on(.post, "/held") { held.add($1) }
            router.on(.post, "/failing") {
                $1.respond(.problem(status: 503, detail: "down"))
                failed.add(1)
            }
        }
        try await withListener(router) { listener in
            var configuration = HTTPClient.Configuration()
            configuration.concurrency = 1
            let client = HTTPClient(configuration)
            let results = Collected<HTTPClientResult>()
            let forever = RetryPolicy(
                initialBackoff: .seconds(3_600),
                maximumBackoff: .seconds(3_600),
                deadline: nil
            )
            client.send(request(listener, "/failing"), retry: forever, completion: results.add)
            _ = await failed.next()
            client.send(request(listener, "/held"), completion: results.add)
            _ = await held.next()
            client.send(request(listener, "/held"), completion: results.add)
            client.shutdown()
            #expect(results.all.map(\.error?.kind) == [.cancelled, .cancelled, .cancelled])
            #expect(results.all.map(\.attempts).sorted() == [0, 1, 1])
            #expect(await client.send(request(listener, "/held")).error?.kind == .cancelled)
            client.shutdown()
        }
    }

    @Test func `a client may be let go of on its own thread`() async throws {
        try await withListener(.echo) { listener in
            let result = Collected<Int>()
            let held = Mutex<HTTPClient?>(HTTPClient())
            held.withLock(\.self)?.send(request(listener, "/hello", method: .get)) { response in
                held.withLock { $0 = nil }
                result.add(response.response?.status ?? 0)
            }
            #expect(await result.next() == 200)
        }
    }
}
