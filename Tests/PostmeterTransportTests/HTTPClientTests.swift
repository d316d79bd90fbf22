import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct HTTPClientTests {
    /// A policy that waits next to nothing.
    static let quick = RetryPolicy(
        initialBackoff: .microseconds(1),
        maximumBackoff: .microseconds(1),
        deadline: .seconds(60)
    )

    func request(
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
    static let mirror = HTTPRouter.of { router in
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
                    Accept-Encoding: gzip
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
}
