import NIOSSL
import Testing

@testable import PostmeterTransport

/// Whom a client trusts, and what it shows.
@Suite struct HTTPClientTLSTests {
    private let folder = TemporaryFolder()

    private var authority: HTTPClientTLS {
        HTTPClientTLS(authorityFile: folder.write(Certificates.authority, to: "authority.pem"))
    }

    /// Trusts the authority and shows a certificate.
    private func showing(_ certificate: String, _ key: String?, as name: String) -> HTTPClientTLS {
        var tls = authority
        tls.certificateFile = folder.write(certificate, to: "\(name).pem")
        tls.keyFile = key.map { folder.write($0, to: "\(name).key") }
        return tls
    }

    private func request(
        _ server: TLSServer,
        _ tls: HTTPClientTLS,
        _ path: String = "/",
        host: String = "127.0.0.1"
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(
            url: "https://\(host):\(server.port)\(path)",
            body: Array("abc".utf8),
            timeout: .seconds(60)
        )
        request.tls = tls
        return request
    }

    private func text(_ result: HTTPClientResult) -> String {
        result.response.map { String(decoding: $0.body, as: UTF8.self) } ?? "\(result)"
    }

    @Test func `a receiver is trusted through the authority that is named, and keeps its connection`()
        async throws
    {
        try await TLSServer.with { server in
            let client = HTTPClient()
            for host in ["127.0.0.1", "127.0.0.1", "localhost"] {
                let result = await client.send(request(server, authority, host: host))
                #expect(
                    text(result) == (host == "localhost" ? "connection 2: nobody" : "connection 1: nobody"))
            }
        }
    }

    @Test func `whom neither the system nor the named authority knows is not trusted`() async throws {
        try await TLSServer.with { server in
            let other = folder.write(Certificates.otherAuthority, to: "other.pem")
            for tls in [HTTPClientTLS(), HTTPClientTLS(authorityFile: other)] {
                let result = await HTTPClient().send(request(server, tls))
                #expect(result.error?.kind == .tls, "\(result)")
                #expect(result.error?.isRetryable == true)
            }
        }
    }

    @Test func `a certificate of another name is not trusted`() async throws {
        try await TLSServer.with(host: "127.0.0.2") { server in
            let result = await HTTPClient().send(request(server, authority, host: "127.0.0.2"))
            #expect(result.error?.kind == .tls, "\(result)")
        }
    }

    @Test func `TLS of a version before 1_2 is not spoken`() async throws {
        try await TLSServer.with(newest: .tlsv11) { server in
            let result = await HTTPClient().send(request(server, authority))
            #expect(result.error?.kind == .tls, "\(result)")
        }
        try await TLSServer.with(newest: .tlsv12) { server in
            #expect(text(await HTTPClient().send(request(server, authority))) == "connection 1: nobody")
        }
    }

    @Test func `a certificate is shown, with its key in a file of its own and in the same`() async throws {
        try await TLSServer.with(asksClient: true) { server in
            let own = showing(Certificates.client, Certificates.clientKey, as: "own")
            #expect(text(await HTTPClient().send(request(server, own))) == "connection 1: client one")
            let same = showing(Certificates.renewed + "\n" + Certificates.renewedKey, nil, as: "same")
            #expect(text(await HTTPClient().send(request(server, same))) == "connection 2: client two")
            let none = await HTTPClient().send(request(server, authority))
            #expect(none.error?.isRetryable == true, "\(none)")
        }
    }

    @Test func `requests of different settings share no connection`() async throws {
        try await TLSServer.with(asksClient: true) { server in
            let client = HTTPClient()
            let one = showing(Certificates.client, Certificates.clientKey, as: "one")
            let two = showing(Certificates.renewed, Certificates.renewedKey, as: "two")
            var texts: [String] = []
            for tls in [one, two, one, two] {
                texts.append(text(await client.send(request(server, tls))))
            }
            #expect(
                texts == [
                    "connection 1: client one", "connection 2: client two", "connection 1: client one",
                    "connection 2: client two",
                ]
            )
            var stranger = one
            stranger.authorityFile = folder.write(Certificates.otherAuthority, to: "other.pem")
            #expect(await client.send(request(server, stranger)).error?.kind == .tls)
        }
    }

    @Test func `renewed files count from the next connection on`() async throws {
        try await TLSServer.with(asksClient: true) { server in
            let client = HTTPClient()
            let tls = showing(Certificates.client, Certificates.clientKey, as: "mine")
            #expect(text(await client.send(request(server, tls, "/close"))) == "connection 1: client one")
            #expect(tls == showing(Certificates.renewed, Certificates.renewedKey, as: "mine"))
            #expect(text(await client.send(request(server, tls, "/close"))) == "connection 2: client two")
            folder.write(Certificates.otherAuthority, to: "authority.pem")
            #expect(await client.send(request(server, tls, "/close")).error?.kind == .tls)
            folder.write(Certificates.otherAuthority + "\n" + Certificates.authority, to: "authority.pem")
            let last = text(await client.send(request(server, tls, "/close")))
            #expect(last.hasSuffix(": client two"), "\(last)")
        }
    }

    @Test func `a file that is missing is named, and used once it is there`() async throws {
        try await TLSServer.with { server in
            let file = "\(folder.path)/late.pem"
            let once = await HTTPClient().send(request(server, HTTPClientTLS(authorityFile: file)))
            #expect(
                once.error?.description
                    == "tls: the file \"\(file)\" of the trusted authorities cannot be read: No such file or directory"
            )
            #expect(once.error?.isRetryable == true)
            // The client asks for a number between the tries.
            let clock = HTTPClient.Clock(now: MonotonicClock.now, wallSeconds: { 0 }) { [folder] in
                folder.write(Certificates.authority, to: "late.pem")
                return 0
            }
            let later = await HTTPClient(clock: clock)
                .send(request(server, HTTPClientTLS(authorityFile: file)), retry: HTTPClientTests.quick)
            #expect(text(later) == "connection 1: nobody")
            #expect(later.attempts == 2)
        }
    }

    @Test(
        arguments: [
            ("ca", "no certificate\n", Certificates.client, Certificates.clientKey),
            ("certificate", Certificates.authority, "no certificate\n", Certificates.clientKey),
            ("key", Certificates.authority, Certificates.client, "no key\n"),
            ("another key", Certificates.authority, Certificates.client, Certificates.renewedKey),
            ("passphrase", Certificates.authority, Certificates.client, Certificates.clientKeyWithPassphrase),
        ]
    )
    func `a file that holds something else is named`(
        what: String,
        authority: String,
        certificate: String,
        key: String
    ) async throws {
        try await TLSServer.with { server in
            let tls = HTTPClientTLS(
                authorityFile: folder.write(authority, to: "a.pem"),
                certificateFile: folder.write(certificate, to: "c.pem"),
                keyFile: folder.write(key, to: "k.pem")
            )
            let result = await HTTPClient().send(request(server, tls))
            #expect(result.error?.kind == .tls, "\(result)")
            #expect(result.error?.isRetryable == true)
            let message = result.error?.message ?? ""
            #expect(message.contains("\(folder.path)/\(what == "ca" ? "a" : "c").pem"), "\(message)")
        }
    }

    @Test func `a folder is no file, and a key alone is no setting`() async throws {
        try await TLSServer.with { server in
            let result = await HTTPClient().send(request(server, HTTPClientTLS(authorityFile: folder.path)))
            #expect(result.error?.message.hasSuffix("is not a regular file") == true, "\(result)")
            let key = HTTPClientTLS(keyFile: folder.write(Certificates.clientKey, to: "k.pem"))
            #expect(await HTTPClient().send(request(server, key)).error?.kind == .invalidRequest)
        }
    }
}
