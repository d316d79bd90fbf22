import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

/// What goes wrong, on the way or at its end.
extension HTTPClientTests {
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
