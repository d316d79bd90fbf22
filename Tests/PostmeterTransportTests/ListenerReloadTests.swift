import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct ListenerReloadTests {
    /// Changes that the test brings about; each is told once.
    private final class Changes: Sendable {
        private let next = Mutex<Result<ListenerSecurity, ListenerSecurityError>?>(nil)

        func set(_ change: Result<ListenerSecurity, ListenerSecurityError>) {
            next.withLock { $0 = change }
        }

        func take() throws -> ListenerSecurity? {
            let change = next.withLock { next in
                defer { next = nil }
                return next
            }
            return try change?.get()
        }
    }

    private func makeGuard(
        _ security: ListenerSecurity,
        _ changes: Changes,
        _ warnings: Collected<String>
    ) throws -> ListenerGuard {
        try ListenerGuard(
            ListenerSecuritySource(security, changes: changes.take),
            address: "127.0.0.1:1",
            warn: warnings.add
        )
    }

    @Test func `new connections get the new certificate, and old ones go on`() async throws {
        let changes = Changes()
        var source = ListenerSecuritySource(.tls(.test()), changes: changes.take)
        source.interval = 1_000_000
        try await withListener(.echo, security: source) { listener in
            let old = try await SecureConnection(port: listener.port)
            old.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await old.text(through: "hello")
            changes.set(.success(.tls(.test(TestCertificates.renewed))))
            // Asked for off the loops, so that some connections still get the old one.
            while try await !isRenewed(listener.port) {}
            old.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await old.text(through: "hello").hasPrefix("HTTP/1.1 200 "))
        }
    }

    private func isRenewed(_ port: Int) async throws -> Bool {
        let peer = try await SecureConnection(port: port)
        peer.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await peer.text(through: "hello")
        return try await peer.sees(TestCertificates.renewed)
    }

    @Test func `a change that cannot be taken is told, and what held goes on to hold`() throws {
        let changes = Changes()
        let warnings = Collected<String>()
        let listenerGuard = try makeGuard(.tls(.test()), changes, warnings)
        let before = listenerGuard.present
        changes.set(.success(.tls(.test().with { $0.key = Array(TestCertificates.renewed.key.utf8) })))
        listenerGuard.refresh()
        listenerGuard.refresh()
        #expect(listenerGuard.present === before)
        changes.set(.success(ListenerSecurity()))
        listenerGuard.refresh()
        changes.set(.failure(ListenerSecurityError(.certificate, "cannot be read.")))
        listenerGuard.refresh()
        #expect(listenerGuard.present === before)
        let prefix = "127.0.0.1:1 keeps its certificates and users as they were: "
        #expect(
            warnings.all == [
                prefix + "The key is not the one of the certificate; take those made together.",
                prefix + "TLS cannot be turned on or off before a restart.",
                prefix + "The certificate cannot be read.",
            ])
    }

    @Test func `what TLS does not depend on changes without new sessions`() throws {
        let changes = Changes()
        let listenerGuard = try makeGuard(.tls(.test()), changes, Collected())
        let before = listenerGuard.present
        changes.set(
            .success(
                .with { security in
                    security.tls = .test()
                    security.headers = [ListenerSecurity.HeaderField(name: "A", value: "b")]
                }))
        listenerGuard.refresh()
        #expect(listenerGuard.present !== before)
        #expect(listenerGuard.present.context === before.context)
        #expect(listenerGuard.present.security.headers.count == 1)
    }

    @Test func `changes are asked for without traffic, until the listener is closed`() async throws {
        let asked = Collected<Int>()
        var source = ListenerSecuritySource(ListenerSecurity()) {
            asked.add(1)
            return nil
        }
        source.interval = 1_000_000
        try await withListener(.echo, security: source) { _ in
            for _ in 0..<3 {
                _ = await asked.next()
            }
        }
        let cancelled = Collected<Int>()
        source.changes = {
            cancelled.add(1)
            return nil
        }
        let group = HTTPListener.makeEventLoops(1)
        let listenerGuard = try ListenerGuard(source, address: "a", warn: { _ in })
        listenerGuard.watch(on: group.next()).cancel()
        // The loop would have come to the question before this.
        try await group.next().scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
        #expect(cancelled.all.isEmpty)
        try await group.shutdownGracefully()
    }

    @Test func `the first connection after a change gets the new certificate`() async throws {
        let changes = Changes()
        let taken = Collected<Int>()
        var source = ListenerSecuritySource(.tls(.test())) {
            let change = try changes.take()
            taken.add(change == nil ? 0 : 1)
            return change
        }
        source.interval = 1_000_000
        try await withListener(.echo, security: source) { listener in
            changes.set(.success(.tls(.test(TestCertificates.renewed))))
            while await taken.next() != 1 {}
            // Asked for again only when the change is in place.
            _ = await taken.next()
            let isRenewed = try await isRenewed(listener.port)
            #expect(isRenewed)
        }
    }

    @Test(arguments: [false, true])
    func `a listener that asks who is there is not opened by a change`(byCertificate: Bool) throws {
        let changes = Changes()
        let warnings = Collected<String>()
        let open = byCertificate ? ListenerSecurity.tls(.test()) : ListenerSecurity()
        var guarded = open
        if byCertificate {
            guarded.tls?.clientAuthentication = .requireAndVerifyClientCert
            guarded.tls?.clientCAs = Array(TestCertificates.authority.utf8)
        } else {
            guarded.users = [
                "ann": PasswordHash("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")
            ]
            .compactMapValues(\.self)
        }
        let listenerGuard = try makeGuard(guarded, changes, warnings)
        changes.set(.success(open))
        listenerGuard.refresh()
        #expect(listenerGuard.present.security == guarded)
        #expect(
            warnings.all == [
                "127.0.0.1:1 keeps its certificates and users as they were: "
                    + "A listener that asks who is there cannot be opened to everyone before a restart."
            ])
        // The other way is taken.
        let opened = try makeGuard(open, changes, warnings)
        changes.set(.success(guarded))
        opened.refresh()
        #expect(opened.present.security == guarded)
        #expect(warnings.all.count == 1)
    }

    @Test(arguments: [
        (
            ServerTLS.test().with { $0.certificates = [] }, ListenerSecurityError.Part.certificate,
            "has no PEM block that begins with -----BEGIN CERTIFICATE-----."
        ),
        (
            ServerTLS.test().with { $0.key = Array("-----BEGIN PRIVATE KEY-----\nAAAA\n".utf8) }, .key,
            "has no PEM block such as -----BEGIN PRIVATE KEY-----."
        ),
        (
            ServerTLS.test().with { $0.key = [] }, .key,
            "has no PEM block such as -----BEGIN PRIVATE KEY-----."
        ),
        (
            ServerTLS.test().with { $0.key = Array("-----BEGIN ENCRYPTED PRIVATE KEY-----".utf8) }, .key,
            "is encrypted; decrypt it with: openssl pkey -in KEY -out KEY2."
        ),
        (
            ServerTLS.test().with { $0.clientAuthentication = .requireAndVerifyClientCert },
            .clientAuthentication,
            "is RequireAndVerifyClientCert, which needs a client CA; name one."
        ),
        (
            ServerTLS.test().with { $0.clientCAs = Array(TestCertificates.authority.utf8) },
            .clientAuthentication,
            "is NoClientCert, beside which a client CA has no meaning; use RequireAndVerifyClientCert, "
                + "or leave the CA out."
        ),
        (
            ServerTLS.test().with { tls in
                tls.clientAuthentication = .verifyClientCertIfGiven
                tls.clientCAs = Array(TestCertificates.authority.utf8)
                tls.clientNames = ["scraper.test"]
            }, .clientAuthentication,
            "is VerifyClientCertIfGiven, under which a client that shows no certificate passes the allowed "
                + "names by; use RequireAndVerifyClientCert, or leave the names out."
        ),
        (
            ServerTLS.test().with { tls in
                tls.clientAuthentication = .verifyClientCertIfGiven
                tls.clientCAs = Array("no certificate".utf8)
            }, .clientCA, "has no PEM block that begins with -----BEGIN CERTIFICATE-----."
        ),
        (
            ServerTLS.test().with { tls in
                tls.minimumVersion = .tls13
                tls.maximumVersion = .tls12
            }, .versions, "TLS13 to TLS12 are none; swap them."
        ),
        (
            ServerTLS.test().with { tls in
                tls.maximumVersion = .tls12
                tls.cipherSuites = [.aes128GCMSHA256]
            }, .cipherSuites, "are all of TLS 1.3, and the highest version is TLS12; add older ones."
        ),
    ])
    func `what cannot be set up is named`(
        tls: ServerTLS,
        part: ListenerSecurityError.Part,
        problem: String
    ) {
        #expect(throws: ListenerSecurityError(part, problem)) { try tls.makeContext() }
    }

    @Test func `a listener whose security cannot be set up does not start`() async throws {
        let security = ListenerSecuritySource(.tls(.test().with { $0.key = [] }))
        let error = await #expect(throws: HTTPListenerError.self) {
            _ = try await HTTPListener.bind(
                HTTPListener.Configuration(security: security), router: .echo)
        }
        #expect(error?.reason == "The key has no PEM block such as -----BEGIN PRIVATE KEY-----.")
    }
}
