import Dispatch
import NIOCore
import Testing

@testable import PostmeterTransport

/// Receivers that break the rules, or mean harm.
extension HTTPClientTests {
    private func send(
        to server: ScriptedServer,
        body: [UInt8] = Array("abc".utf8),
        timeout: Duration = .seconds(60),
        retry: RetryPolicy = .none
    ) async -> HTTPClientResult {
        let url = "http://127.0.0.1:\(server.port)/"
        return await HTTPClient().send(
            HTTPClientRequest(url: url, body: body, timeout: timeout), retry: retry)
    }

    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(
        arguments: [
            // Cut short: the receiver may have taken the request.
            ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n", HTTPClientError.Kind.connectionLost, true),
            (chunked + "5\r\nab", .connectionLost, true),
            (chunked + "5\r\nabcde\r\n", .connectionLost, true),
            ("HTTP/1.1 100 Continue\r\n\r\n", .connectionLost, true),
            // Not HTTP.
            (chunked + "zz\r\nabc\r\n0\r\n\r\n", .invalidResponse, false),
            (chunked + "-5\r\nabcde\r\n0\r\n\r\n", .invalidResponse, false),
            (chunked + "fffffffffffffffffff\r\nabc", .invalidResponse, false),
            ("\0\u{1}\u{2}\u{3}\r\n\r\n", .invalidResponse, false),
            ("HTTP/7.3 200 OK\r\n\r\n", .invalidResponse, false),
            ("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", .invalidResponse, false),
            (
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", .invalidResponse,
                false
            ),
        ]
    )
    func `an answer that breaks the rules is an error`(
        answer: String,
        kind: HTTPClientError.Kind,
        isRetryable: Bool
    ) async {
        let server = ScriptedServer([answer])
        let result = await send(to: server)
        #expect(result.error?.kind == kind, "\(result)")
        #expect(result.error?.isRetryable == isRetryable)
        server.finish()
    }

    @Test(
        arguments: [
            ("", "HTTP/1.1 102 Processing\r\n\r\n", HTTPClientError.Kind.responseTooLarge),
            ("HTTP/1.1 200 OK\r\n", "X: y\r\n", .responseTooLarge),
            ("HTTP/1.1 200 OK\r\nX: ", "a", .responseTooLarge),
            (chunked + "0\r\n", "X: trailer\r\n", .responseTooLarge),
            (chunked, "8\r\nabcdefgh\r\n", .responseTooLarge),
            ("HTTP/1.1 200 OK\r\n\r\n", "abcdefgh", .responseTooLarge),
            ("", "HTTP/1.1 200 OK\r\n", .invalidResponse),
            ("", "a", .invalidResponse),
        ]
    )
    func `an answer without an end is ended`(
        start: String,
        part: String,
        kind: HTTPClientError.Kind
    ) async {
        let server = ScriptedServer([
            { peer in
                peer.send(start)
                let parts = Array(String(repeating: part, count: 10_000).utf8)
                while peer.send(parts) {}
            }
        ])
        let result = await send(to: server)
        #expect(result.error?.kind == kind, "\(result)")
        #expect(result.error?.isRetryable == false)
        server.finish()
    }

    @Test(
        arguments: [429, 502, 503, 504],
        [
            ("Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 0),
            ("Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", 0),
            ("Content-Length: 10\r\n\r\nabc", 0),
            // Too long, in the body and in the head.
            ("\r\n", 5 << 20), ("X: ", 70_000),
        ]
    )
    func `a status that asks for another try counts, whatever its body is`(
        status: Int,
        rest: (text: String, more: Int)
    ) async {
        let server = ScriptedServer([
            { peer in
                peer.send("HTTP/1.1 \(status) Not now\r\nRetry-After: 7\r\n" + rest.text)
                peer.send([UInt8](repeating: 0x61, count: rest.more))
            }
        ])
        let result = await send(to: server)
        #expect(result.response?.status == status, "\(result)")
        #expect(result.response?.headers["Retry-After"] == "7")
        #expect(result.response?.body == [])
        server.finish()
    }

    @Test func `a status that asks for another try gets one, and is not that of the next answer`() async {
        let server = ScriptedServer([
            "HTTP/1.1 503 Not now\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "\0\u{1}\u{2}\u{3}\r\n\r\n",
        ])
        let result = await send(to: server, retry: Self.quick)
        #expect(result.error?.kind == .invalidResponse, "\(result)")
        #expect(result.attempts == 2)
        server.finish()
    }

    @Test(arguments: [
        "HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `any other status does not count when its body cannot be read`(answer: String) async {
        let server = ScriptedServer([answer])
        let result = await send(to: server, retry: Self.quick)
        #expect(result.error?.kind == .invalidResponse, "\(result)")
        #expect(result.attempts == 1)
        server.finish()
    }

    @Test(arguments: [
        ("http", "HTTP/1.1 503 No way\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"),
        ("http", "HTTP/1.1 403 Never\r\nContent-Length: 5\r\n\r\nnever"), ("socks5", "\u{5}\u{7f}"),
    ])
    func `a proxy that does not let the request through is a connection refused`(
        scheme: String,
        answer: String
    ) async {
        let proxy = ScriptedServer([answer, answer])
        var configuration = HTTPClient.Configuration()
        configuration.proxy = "\(scheme)://127.0.0.1:\(proxy.port)"
        var policy = Self.quick
        policy.attempts = 2
        let result = await HTTPClient(configuration).send(
            HTTPClientRequest(url: "https://receiver.test/", timeout: .seconds(60)), retry: policy)
        #expect(result.error?.kind == .connectionRefused, "\(result)")
        #expect(result.error?.isRetryable == true)
        #expect(result.attempts == 2)
        proxy.finish()
    }

    @Test(arguments: [
        // CURLE_OUT_OF_MEMORY, which older versions also say of a line that is too long; CURLE_PROXY.
        (27, "", false, HTTPClientError.Kind.other, true), (27, "", true, .responseTooLarge, false),
        (97, "SOCKS5: no acceptable method", false, .connectionRefused, true),
        // CURLE_RECV_ERROR, of new and old versions.
        (56, "CONNECT tunnel failed, response 407", false, .connectionRefused, true),
        (56, "Received HTTP code 407 from proxy after CONNECT", false, .connectionRefused, true),
        (56, "Recv failure: Connection reset by peer", true, .connectionLost, true),
    ])
    func `codes of libcurl with several meanings are told apart`(
        code: UInt32,
        text: String,
        hasBegun: Bool,
        kind: HTTPClientError.Kind,
        isRetryable: Bool
    ) {
        let error = HTTPClientError(curl: code, text: text, hasBegun: hasBegun)
        #expect(error.kind == kind)
        #expect(error.isRetryable == isRetryable)
    }

    @Test(arguments: [
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end"),
        ("HTTP/1.0 503 No\r\nContent-Length: 4\r\n\r\nbusy", 503, "busy"),
        (chunked + "3;a=b\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", 200, "abc"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", 200, "<html>"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, ""),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok"),
    ])
    func `an answer of another style is read`(answer: String, status: Int, body: String) async {
        let server = ScriptedServer([answer])
        let result = await send(to: server)
        #expect(result.response?.status == status, "\(result)")
        #expect(result.response.map { String(decoding: $0.body, as: UTF8.self) } == body)
        server.finish()
    }

    @Test func `an answer is unpacked, and no more of it than the limit`() async throws {
        func answer(_ body: [UInt8]) throws -> [UInt8] {
            let packed = try #require(Gzip.compress(body))
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
            return Array(head.utf8) + packed
        }
        let answers = try [
            answer(Array("hello".utf8)), answer([UInt8](repeating: 0, count: 4 << 20)),
            answer([UInt8](repeating: 0, count: (4 << 20) + 1)),
            answer([UInt8](repeating: 0, count: 200 << 20)),
        ]
        let server = ScriptedServer(answers.map { bytes in { @Sendable peer in _ = peer.send(bytes) } })
        #expect(await send(to: server).response?.body == Array("hello".utf8))
        #expect(await send(to: server).response?.body.count == 4 << 20)
        #expect(await send(to: server).error?.kind == .responseTooLarge)
        #expect(await send(to: server).error?.kind == .responseTooLarge)
        server.finish()
        #expect(server.received.all.allSatisfy { $0.contains("\r\nAccept-Encoding: gzip\r\n") })
    }

    @Test func `a connection that is reset is tried again, before the answer and within it`() async {
        let server = ScriptedServer([
            { $0.resetAtEnd() },
            {
                $0.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                $0.resetAtEnd()
            },
            { $0.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") },
        ])
        let result = await send(to: server, retry: Self.quick)
        #expect(result.response?.body == Array("ok".utf8))
        #expect(result.attempts == 3)
        server.finish()
    }

    @Test func `an answer that comes before the body was read counts`() async {
        let server = ScriptedServer([
            {
                $0.send(
                    "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlong")
                $0.receiveAll()
            }
        ])
        let result = await send(to: server, body: [UInt8](repeating: 7, count: 20 << 20), retry: Self.quick)
        #expect(result.response?.status == 413, "\(result)")
        #expect(result.response?.body == Array("long".utf8))
        #expect(result.attempts == 1)
        server.finish()
    }

    @Test func `the body is sent without asking first`() async {
        let server = ScriptedServer([
            {
                $0.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                $0.receiveAll()
            }
        ])
        _ = await send(to: server, body: [UInt8](repeating: 7, count: 2 << 20))
        server.finish()
        #expect(server.received.all.first?.contains("Expect") == false)
    }

    @Test
    func
        `neither a receiver that takes nothing nor one that stops within its answer holds a try beyond its time`()
        async
    {
        let isOver = DispatchSemaphore(value: 0)
        let server = ScriptedServer([
            { _ in isOver.wait() },
            { peer in
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\na")
                peer.receiveAll()
            },
        ])
        let body = [UInt8](repeating: 7, count: 20 << 20)
        #expect(await send(to: server, body: body, timeout: .milliseconds(50)).error?.kind == .timeout)
        isOver.signal()
        #expect(await send(to: server, timeout: .milliseconds(50)).error?.kind == .timeout)
        server.finish()
    }

    @Test func `a body that is compressed already is sent as it is`() async throws {
        try await withListener(Self.mirror) { listener in
            let packed = try #require(Gzip.compress(Array("packed".utf8)))
            for gzip in [false, true] {
                var request = request(listener, "/a", body: packed, gzip: gzip)
                request.isCompressed = true
                let response = try #require(await HTTPClient().send(request).response)
                #expect(response.headers["X-Sent"] == "\(packed.count)")
                let text = String(decoding: response.body, as: UTF8.self)
                #expect(text.contains("Content-Encoding: gzip\n"))
                #expect(text.hasSuffix("\npacked"))
            }
        }
    }
}
