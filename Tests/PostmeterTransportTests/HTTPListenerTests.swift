import NIOCore
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerTests {
    @Test func `a request gets the response that its route gives`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET /hello HTTP/1.1\r\nHost: here\r\n\r\n")
            #expect(
                try await peer.response()
                    == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"
            )
        }
    }

    @Test func `a response says its date`() async throws {
        try await withListener(.echo) { listener in
            let client = HTTPClient()
            let result = await client.send(
                HTTPClientRequest(method: .get, url: "http://\(listener.address)/hello")
            )
            #expect(result.response?.headers["Date"].flatMap(HTTPDate.parse) != nil)
        }
    }

    @Test func `a handler sees method, path, query, parameters, header fields, body and peer`() async throws {
        let router = HTTPRouter.of { router in
            router.on(.post, "/hooks/{endpoint}/{part}", bodyLimit: 100) { request, responder in
                let bytes = request.withBodyBytes { String(decoding: $0, as: UTF8.self) }
                responder.respond(
                    .text(
                        """
                        \(request.method.rawValue) \(request.path) \(request.query ?? "-") \(request.template) \
                        \(request.parameters["endpoint"] ?? "-") \(request.parameters["part"] ?? "-") \
                        \(request.headers["x-kind"] ?? "-") \(request.headers.values("x-many")) \
                        \(bytes) \(request.remoteAddress)
                        """
                    )
                )
            }
        }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(
                "POST /hooks/acme%2Dresend/b?c=d?e HTTP/1.1\r\nHost: here\r\nX-Kind: one\r\nX-Many: 1\r\n"
                    + "x-many: 2\r\nContent-Length: 4\r\n\r\nbody"
            )
            #expect(
                try await peer.response().split(separator: "\r\n").last
                    == """
                    POST /hooks/acme%2Dresend/b c=d?e /hooks/{endpoint}/{part} acme-resend b one ["1", "2"] \
                    body 127.0.0.1
                    """
            )
        }
    }

    @Test func `a request may come a byte at a time`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            for byte
                in "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            {
                peer.send(String(byte))
            }
            #expect(try await peer.response().hasSuffix("Content-Length: 5\r\n\r\nabcde"))
        }
    }

    @Test func `HEAD is served by a GET route, without the body`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(
                try await peer.response(toHead: true)
                    == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n"
            )
            peer.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await peer.rest().hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test(arguments: [
        ("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "\r\nConnection: close\r\n\r\nhello"),
        ("GET /hello HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n\r\nhello"),
        (
            "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
            "close\r\n\r\nhello"
        ),
        (
            "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\n\r\n", "\r\nConnection: close\r\n\r\nabc"
        ),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "\"detail\":\"Nothing is served at a:1.\"}"),
    ])
    func `a connection is closed after the response`(request: String, end: String) async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(request)
            #expect(try await peer.rest().hasSuffix(end))
        }
    }

    @Test func `an HTTP 1 point 0 connection is kept when both sides say so`() async throws {
        try await withListener(.echo) { listener in
            let peer = try RawConnection(port: listener.port)
            for _ in 0..<2 {
                peer.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(try await peer.response().hasSuffix("\r\nConnection: keep-alive\r\n\r\nhello"))
            }
        }
    }

    @Test func `a peer that has ended its side gets its answer`() async throws {
        let held = Collected<HTTPResponder>()
        let router = HTTPRouter.of { $0.on(.get, "/") { _, responder in held.add(responder) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            peer.endSending()
            await held.next()?.respond(.text("first"))
            await held.next()?.respond(.text("second"))
            let text = try await peer.rest()
            #expect(text.contains("\r\n\r\nfirstHTTP/1.1 200 OK\r\n"))
            #expect(text.hasSuffix("\r\nConnection: close\r\n\r\nsecond"))
        }
    }

    @Test func `a status without a body has no length`() async throws {
        let router = HTTPRouter.of { $0.on(.get, "/") { $1.respond(HTTPResponse(status: 204)) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await peer.response() == "HTTP/1.1 204 No Content\r\n\r\n")
        }
    }

    @Test func `a large response comes whole`() async throws {
        let text = String(repeating: "0123456789abcdef", count: 200_000)
        let router = HTTPRouter.of { $0.on(.get, "/") { $1.respond(.text(text)) } }
        try await withListener(router) { listener in
            let peer = try RawConnection(port: listener.port)
            for _ in 0..<3 {
                peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            for _ in 0..<3 {
                #expect(try await peer.response().hasSuffix("\r\nContent-Length: 3200000\r\n\r\n" + text))
            }
        }
    }

    @Test func `a response field that would break the message apart is left out and reported`() async throws {
        let warnings = Collected<String>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/") { _, responder in
                let headers: HTTPHeaders = [
                    "X-Good": "1", "X-Bad": "1\r\nSet-Cookie: a", "X-Worse\n": "1", "": "1",
                    "Connection": "x",
                    "Content-Length": "9", "Transfer-Encoding": "chunked", "Date": "never",
                ]
                responder.respond(HTTPResponse(status: 200, headers: headers, bytes: Array("abc".utf8)))
            }
        }
        try await withListener(router, warn: warnings.add) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(
                try await peer.response() == "HTTP/1.1 200 OK\r\nX-Good: 1\r\nContent-Length: 3\r\n\r\nabc")
            #expect(
                warnings.all == [
                    "The response field \"X-Bad\" was left out: it would break the message apart.",
                    "The response field \"X-Worse\\n\" was left out: it would break the message apart.",
                    "The response field \"\" was left out: it would break the message apart.",
                ]
            )
        }
    }

    @Test func `the observer hears of each answer`() async throws {
        let seen = Collected<HTTPObservation>()
        try await withListener(.echo, observer: seen.add) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            _ = try await peer.response()
            peer.send("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await peer.response()
            peer.send("GET /none HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await peer.response()
            peer.send("no request\r\n\r\n")
            _ = try await peer.rest()
            let lines = seen.all.map {
                "\($0.template ?? "-") \($0.method.rawValue) \($0.status) \($0.requestBytes)"
            }
            #expect(lines == ["/echo POST 200 3", "/echo DELETE 405 0", "- GET 404 0", "- _OTHER 400 0"])
            #expect(seen.all[0].responseBytes == 3)
            #expect(seen.all.allSatisfy { $0.nanoseconds < 60_000_000_000 })
        }
    }

    @Test func `an address in use is named`() async throws {
        try await withListener(.echo) { listener in
            let error = await #expect(throws: HTTPListenerError.self) {
                _ = try await HTTPListener.bind(
                    HTTPListener.Configuration(port: listener.port),
                    router: .echo
                )
            }
            #expect(
                error?.description
                    == "Cannot listen on 127.0.0.1:\(listener.port): the address is in use; "
                    + "stop what uses it, or choose another port."
            )
        }
    }

    @Test(arguments: [
        ("192.0.2.1", 1, "Cannot listen on 192.0.2.1:1: this machine has no such address."),
        ("::1", 70_000, "Cannot listen on [::1]:70000: a port is a number from 0 to 65535."),
    ])
    func `an address that cannot be had is named`(host: String, port: Int, message: String) async {
        let error = await #expect(throws: HTTPListenerError.self) {
            _ = try await HTTPListener.bind(HTTPListener.Configuration(host: host, port: port), router: .echo)
        }
        #expect(error?.description == message)
    }

    @Test func `more connections than files are warned of`() async throws {
        let warnings = Collected<String>()
        let limits = HTTPLimits.with { $0.connections = .max }
        try await withListener(.echo, limits: limits, warn: warnings.add) { _ in
            #expect(warnings.all.count == 1)
            #expect(warnings.all.first?.hasSuffix("files (ulimit -n).") == true)
        }
    }
}
