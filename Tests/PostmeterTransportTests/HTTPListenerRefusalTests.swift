import NIOCore
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerRefusalTests {
    @Test func `an unknown path is a problem that names it`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /no\"thing HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(
                try await peer.response() == #"""
                    HTTP/1.1 404 Not Found\#r
                    Content-Type: application/problem+json\#r
                    X-Content-Type-Options: nosniff\#r
                    Content-Length: 99\#r
                    \#r
                    {"type":"about:blank","title":"Not Found","status":404,"detail":"Nothing is served at /no\"thing."}
                    """#
            )
        }
    }

    @Test func `a method that is not served names those that are`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("PUT /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
            #expect(response.contains("\r\nAllow: GET, HEAD\r\n"))
            #expect(response.hasSuffix("\"detail\":\"PUT is not served at /hello; use GET, HEAD.\"}"))
            peer.send("TRACE /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response().contains("This method is not served at /echo; use POST."))
        }
    }

    @Test func `a body that says it is too long is refused before it comes`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n")
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 413 "))
            #expect(response.contains("\r\nConnection: close\r\n"))
            #expect(response.contains("The body is longer than 1000 bytes, the most that /echo takes."))
        }
    }

    @Test func `a length past all numbers is refused`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a body that turns out too long is refused while it comes`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<101 {
                peer.send("a\r\n0123456789\r\n")
            }
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
            #expect(listener.present.bytes == 0)
        }
    }

    @Test func `a body of the longest length is taken`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            let body = String(repeating: "x", count: 1_000)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + body)
            #expect(try await peer.response().hasSuffix("\r\n\r\n" + body))
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + body + "x")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a refused peer that sends without end is cut off`() async throws {
        let limits = HTTPLimits.with { $0.lingerBytes = 1 << 20 }
        try await withListener(.echo, limits: limits) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000000\r\n\r\n")
            let block = String(repeating: "x", count: 1 << 20)
            var blocks = 0
            while blocks < 10_000, peer.send(block) {
                blocks += 1
            }
            // What the sockets' buffers hold comes on top of the limit.
            #expect(blocks < 100)
        }
    }

    @Test func `a refused request with a small body leaves the connection usable`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 404 "))
            peer.send(
                "POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            )
            #expect(try await peer.response().hasPrefix("HTTP/1.1 404 "))
            peer.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response().hasSuffix("hello"))
        }
    }

    @Test func `a refused request with a body without end ends the connection`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "1000\r\n" + String(repeating: "x", count: 4_096) + "\r\n"
            for _ in 0..<20 {
                peer.send(chunk)
            }
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 404 "))
            #expect(response.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `a route's own refusal is told what is wrong and shapes the response`() async throws {
        let seen = Collected<String>()
        let router = HTTPRouter.of { router in
            router.on(
                .post,
                "/hooks/{endpoint}",
                bodyLimit: 10,
                reject: { request, rejection in
                    seen.add("\(request.parameters["endpoint"] ?? "-") \(rejection)")
                    return .text("no\n", status: rejection.status)
                },
                handler: { _, responder in responder.respond(.text("yes")) }
            )
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(
                try await peer.response()
                    == "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Allow: POST\r\nContent-Length: 3\r\n\r\nno\n"
            )
            peer.send("POST /hooks/b HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
            #expect(
                seen.all == [
                    "a methodNotAllowed(allowed: [PostmeterTransport.HTTPMethod.post])",
                    "b bodyTooLarge(limit: 10)",
                ]
            )
        }
    }

    @Test(arguments: [
        ("nonsense\r\n\r\n", "400 Bad Request", "The request is not HTTP/1.1: invalid HTTP method."),
        ("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", "400 Bad Request", "The request is not HTTP/1.1: "),
        (
            "GET /hello HTTP/1.1\r\n\r\n", "400 Bad Request",
            "must have exactly one Host field; this one has 0."
        ),
        (
            "GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 Bad Request",
            "must have exactly one Host field; this one has 2."
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400 Bad Request", "The request is not HTTP/1.1: "
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "400 Bad Request", "The request is not HTTP/1.1: "
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", "400 Bad Request",
            "The request is not HTTP/1.1: "
        ),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            "400 Bad Request",
            "The request is not HTTP/1.1: "
        ),
        (
            "GET /hello HTTP/1.1\r\nHost: a\r\nA\rB: c\r\n\r\n", "400 Bad Request",
            "The request is not HTTP/1.1: "
        ),
    ])
    func `a request that cannot be understood is refused and its connection closed`(
        request: String,
        status: String,
        detail: String
    ) async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            peer.endSending()
            let text = try await peer.rest()
            #expect(text.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(text.contains(detail))
            #expect(text.occurrences(of: "HTTP/1.1 ") == 1)
        }
    }

    @Test func `a path that is not percent encoded text is refused`() async throws {
        let router = HTTPRouter.of { $0.on(.get, "/a/{b}") { $1.respond(.text("yes")) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /a/%ff HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response().contains("The path /a/%ff is not percent-encoded UTF-8."))
        }
    }

    @Test func `an expected 100 is given, and not when the request is refused`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(try await peer.response() == "HTTP/1.1 100 Continue\r\n\r\n")
            peer.send("abc")
            #expect(try await peer.response() == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: more\r\nContent-Length: 3\r\n\r\nabc")
            #expect(try await peer.response().hasPrefix("HTTP/1.1 417 "))
            peer.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n"
            )
            #expect(try await peer.response().hasPrefix("HTTP/1.1 413 "))
        }
    }
}

extension String {
    /// How often `part` occurs.
    func occurrences(of part: String) -> Int {
        ranges(of: part).count
    }
}
