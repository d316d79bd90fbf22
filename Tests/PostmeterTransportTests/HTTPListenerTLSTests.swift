import NIOCore
import NIOSSL
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerTLSTests {
    private let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
    private let last = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    private func source(_ tls: ServerTLS = .test()) -> ListenerSecuritySource {
        ListenerSecuritySource(.tls(tls))
    }

    /// What a request for /hello comes to: its body, or nil when there is no answer.
    private func answer(
        _ port: Int,
        certificate: TestCertificates.Pair? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> String? {
        let peer = try await SecureConnection(port: port, certificate: certificate, change)
        peer.send(last)
        guard let text = try? await peer.rest(), text.hasPrefix("HTTP/1.1 200 ") else {
            return nil
        }
        return String(text.suffix(5))
    }

    @Test func `requests are served over TLS, and the connection ends in order`() async throws {
        try await withListener(.echo, security: source()) { listener in
            let peer = try await SecureConnection(port: listener.port)
            peer.send(hello)
            #expect(try await peer.text(through: "hello").hasPrefix("HTTP/1.1 200 OK\r\n"))
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + last)
            // The end is told by TLS too: without that, reading it fails.
            let rest = try await peer.rest()
            #expect(rest.contains("\r\n\r\nabcHTTP/1.1 200 OK\r\n"))
            #expect(rest.hasSuffix("\r\nConnection: close\r\n\r\nhello"))
            await untilTrue { listener.present.connections == 0 }
        }
    }

    @Test func `plain HTTP is told to speak TLS`() async throws {
        try await withListener(.echo, security: source()) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(hello)
            let response = try await peer.response()
            #expect(response.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(response.hasSuffix("\r\n\r\nThis port speaks HTTPS; put https:// in the URL.\n"))
            #expect(try await peer.rest() == "")
            await untilTrue { listener.present.connections == 0 }
        }
    }

    @Test(arguments: ["", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"])
    func `a handshake that does not end in time is cut off`(bytes: String) async throws {
        let limits = HTTPLimits.with { $0.headTimeout = .milliseconds(30) }
        try await withListener(.echo, limits: limits, security: source()) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(bytes)
            #expect((try? await peer.rest()) ?? "" == "")
            await untilTrue { listener.present.connections == 0 }
        }
    }

    @Test func `a handshake makes room for a connection too many`() async throws {
        let group = HTTPListener.makeEventLoops(1)
        let listener = try await HTTPListener.bind(
            HTTPListener.Configuration(limits: .with { $0.connections = 1 }, security: source()),
            router: .echo,
            group: group
        )
        let hanging = try RawConnection(port: listener.port)
        hanging.send("\u{16}\u{3}\u{1}")
        let body = try await answer(listener.port)
        #expect(body == "hello")
        #expect((try? await hanging.rest()) ?? "" == "")
        await listener.close(within: .zero)
        try await group.shutdownGracefully()
    }

    @Test(arguments: [
        // Silence, half a head, a body that does not come, for a path and for none.
        (false, ["", "GET /hello HTTP/1.1\r\nA"]),
        (false, ["POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nab"]),
        (false, ["POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"]),
        (true, ["\u{16}\u{3}\u{1}"]),
    ])
    func `hundreds of connections that hang do not keep a request from its answer`(
        isSecured: Bool,
        starts: [String]
    ) async throws {
        let limits = HTTPLimits.with { $0.connections = 64 }
        try await withListener(.echo, limits: limits, security: isSecured ? source() : nil) { listener in
            let hanging = try (0..<300).map { number in
                let peer = try RawConnection(port: listener.port)
                peer.send(starts[number % starts.count])
                return peer
            }
            if starts.contains(where: { $0.hasSuffix("ab") }) {
                // Nearly all of the 64 hold their two bytes, and so wait for the rest.
                await untilTrue { listener.present.bytes >= 100 }
            }
            if isSecured {
                let body = try await answer(listener.port)
                #expect(body == "hello")
            } else {
                let peer = try RawConnection(port: listener.port)
                peer.send(hello)
                #expect(try await peer.response().hasSuffix("hello"))
            }
            #expect(hanging.count == 300)
        }
    }

    @Test func `what is not TLS ends the connection`() async throws {
        try await withListener(.echo, security: source()) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send("\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}")
            _ = try? await peer.rest()
            await untilTrue { listener.present.connections == 0 }
        }
    }

    @Test(arguments: [
        (ServerTLS.ClientAuthentication.noClientCert, [true, true, true]),
        (.requestClientCert, [true, true, true]),
        (.requireAnyClientCert, [false, true, true]),
        (.verifyClientCertIfGiven, [true, true, false]),
        (.requireAndVerifyClientCert, [false, true, false]),
    ])
    func `clients are let in by their certificates`(
        type: ServerTLS.ClientAuthentication,
        served: [Bool]
    ) async throws {
        let tls = ServerTLS.test().with { tls in
            tls.clientAuthentication = type
            tls.clientCAs = type.verifies ? Array(TestCertificates.authority.utf8) : nil
        }
        try await withListener(.echo, security: source(tls)) { listener in
            let clients = [nil, TestCertificates.client, TestCertificates.stranger]
            for (client, isServed) in zip(clients, served) {
                let body = try await answer(listener.port, certificate: client)
                #expect((body != nil) == isServed)
            }
        }
    }

    @Test(arguments: [
        ("scraper.test", true), ("scraper@mail.test", true), ("10.1.2.3", true), ("2001:DB8:0::1", true),
        ("::ffff:10.1.2.3", true), ("spiffe://test/scraper", true), ("scraper", false), ("10.1.2.4", false),
        ("SCRAPER.test", false), ("client", false),
    ])
    func `a client must have one of the names that are allowed`(name: String, isServed: Bool) async throws {
        let tls = ServerTLS.test().with { tls in
            tls.clientAuthentication = .requireAndVerifyClientCert
            tls.clientCAs = Array(TestCertificates.authority.utf8)
            tls.clientNames = ["nobody.test", name]
        }
        try await withListener(.echo, security: source(tls)) { listener in
            let body = try await answer(listener.port, certificate: TestCertificates.client)
            #expect((body != nil) == isServed)
        }
    }

    @Test(arguments: [
        (ServerTLS.ClientAuthentication.requireAnyClientCert, "scraper.test", true),
        (.requireAnyClientCert, "nobody.test", false), (.requireAndVerifyClientCert, "scraper.test", true),
    ])
    func `a client without a certificate has none of the names that are allowed`(
        type: ServerTLS.ClientAuthentication,
        name: String,
        isServed: Bool
    ) async throws {
        let tls = ServerTLS.test().with { tls in
            tls.clientAuthentication = type
            tls.clientCAs = type.verifies ? Array(TestCertificates.authority.utf8) : nil
            tls.clientNames = [name]
        }
        try await withListener(.echo, security: source(tls)) { listener in
            let nameless = try await answer(listener.port)
            let other = try await answer(listener.port, certificate: TestCertificates.client)
            #expect(nameless == nil && (other != nil) == isServed)
        }
    }

    @Test func `versions and suites are those that were chosen`() async throws {
        try await withListener(.echo, security: source()) { listener in
            let middle = try await answer(listener.port) { $0.maximumTLSVersion = .tlsv12 }
            let old = try await answer(listener.port) { $0.maximumTLSVersion = .tlsv11 }
            #expect(middle == "hello" && old == nil)
        }
        let newest = ServerTLS.test().with { $0.minimumVersion = .tls13 }
        try await withListener(.echo, security: source(newest)) { listener in
            let new = try await answer(listener.port)
            let middle = try await answer(listener.port) { $0.maximumTLSVersion = .tlsv12 }
            #expect(new == "hello" && middle == nil)
        }
        let suite = ServerTLS.test().with { tls in
            tls.maximumVersion = .tls12
            tls.cipherSuites = [.ecdheECDSAAES256GCMSHA384, .aes128GCMSHA256]
            tls.curves = [.p384, .p256]
        }
        try await withListener(.echo, security: source(suite)) { listener in
            let same = try await answer(listener.port) {
                $0.cipherSuiteValues = [.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]
            }
            let other = try await answer(listener.port) {
                $0.cipherSuiteValues = [.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]
            }
            let curve = try await answer(listener.port) { $0.curves = [.x25519] }
            #expect(same == "hello" && other == nil && curve == nil)
        }
    }

    @Test func `limits hold for what was encrypted`() async throws {
        try await withListener(.echo, security: source()) { listener in
            let long = try await SecureConnection(port: listener.port)
            long.send("GET /hello HTTP/1.1\r\nHost: a\r\nA:" + String(repeating: " ", count: 40_000))
            #expect(try await long.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 431 "))
            let chunked = try await SecureConnection(port: listener.port)
            chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;")
            for _ in 0..<8 {
                chunked.send(String(repeating: "a", count: 8_192))
            }
            #expect(try await chunked.text(through: "\r\n\r\n").hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `a stream goes out whole, and one that is cut short does not look whole`() async throws {
        let streams = Collected<HTTPBodyStream>()
        let router = HTTPRouter.of { router in
            router.on(.get, "/hello") { _, responder in streams.add(responder.stream()) }
        }
        try await withListener(router, security: source()) { listener in
            let whole = try await SecureConnection(port: listener.port)
            whole.send(last)
            let stream = try #require(await streams.next())
            async let text = whole.rest()
            try await stream.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))
            stream.finish()
            #expect(try await text.utf8.count { $0 == UInt8(ascii: "x") } == 1 << 20)
            let cut = try await SecureConnection(port: listener.port)
            cut.send("GET /hello HTTP/1.0\r\n\r\n")
            let other = try #require(await streams.next())
            try await other.write(Array("abc".utf8))
            _ = try await cut.text(through: "abc")
            other.abort()
            await #expect(throws: (any Error).self) { try await cut.rest() }
        }
    }
}
