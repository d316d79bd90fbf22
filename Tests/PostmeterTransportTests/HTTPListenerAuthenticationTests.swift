import NIOCore
import Synchronization
import Testing

@testable import PostmeterTransport

@Suite struct HTTPListenerAuthenticationTests {
    /// Of the password "secret", at the lowest cost.
    private static let secret = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"

    private func security(_ change: (inout ListenerSecurity) -> Void = { _ in }) -> ListenerSecurity {
        .with { security in
            security.users = ["ann": PasswordHash(Self.secret)].compactMapValues(\.self)
            change(&security)
        }
    }

    private func get(_ credentials: String? = nil, path: String = "/hello") -> String {
        let field = credentials.map { "Authorization: Basic \($0)\r\n" } ?? ""
        return "GET \(path) HTTP/1.1\r\nHost: a\r\n\(field)\r\n"
    }

    // ann:secret, ann:wrong, bob:secret.
    private let right = "YW5uOnNlY3JldA=="
    private let wrong = ["YW5uOndyb25n", "Ym9iOnNlY3JldA==", "YW5u", "", "!!!!"]

    @Test func `only the right password is let in, on one connection, in order`() async throws {
        try await withListener(.echo, security: ListenerSecuritySource(security())) { listener in
            let peer = try RawConnection(port: listener.port)
            for _ in 0..<2 {
                peer.send(get(right))
                #expect(try await peer.response().hasSuffix("\r\n\r\nhello"))
                for credentials in wrong {
                    peer.send(get(credentials))
                    let response = try await peer.response()
                    #expect(response.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
                    #expect(response.contains("\r\nWWW-Authenticate: Basic realm=\"postmeter\"\r\n"))
                }
                peer.send(get())
                #expect(try await peer.response().hasPrefix("HTTP/1.1 401 "))
            }
            // All at once.
            peer.send(get(wrong[0]) + get(right) + get() + get(right))
            for status in ["401", "200", "401", "200"] {
                #expect(try await peer.response().hasPrefix("HTTP/1.1 \(status) "))
            }
        }
    }

    @Test func `a body waits for its password`() async throws {
        try await withListener(.echo, security: ListenerSecuritySource(security())) { listener in
            let peer = try RawConnection(port: listener.port)
            for _ in 0..<2 {
                peer.send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nAuthorization: Basic \(right)\r\n"
                        + "Content-Length: 3\r\n\r\nabc")
                let response = try await peer.response()
                #expect(response.hasPrefix("HTTP/1.1 200 "))
                #expect(response.hasSuffix("\r\n\r\nabc"))
            }
            #expect(listener.present.bytes == 0)
        }
    }

    @Test(arguments: ["Content-Length: 3", "Transfer-Encoding: chunked"], [true, false])
    func `nobody is waited for who may not ask`(framing: String, hasPassword: Bool) async throws {
        let field = hasPassword ? "Authorization: Basic \(wrong[0])\r\n" : ""
        try await withListener(.echo, security: ListenerSecuritySource(security())) { listener in
            let peer = try RawConnection(port: listener.port)
            // The body never comes.
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(field)\(framing)\r\n\r\n")
            let text = try await peer.rest()
            #expect(text.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(text.contains("\r\nConnection: close\r\n"))
            #expect(listener.present.bytes == 0)
        }
    }

    @Test func `a path is not told to those who may not ask`() async throws {
        try await withListener(.echo, security: ListenerSecuritySource(security())) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(get(path: "/none") + get(right, path: "/none"))
            #expect(try await peer.response().hasPrefix("HTTP/1.1 401 "))
            #expect(try await peer.response().hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func `an old password is refused once its hash has changed`() async throws {
        // Of "changed".
        let hash = "$2y$04$abcdefghijklmnopqrstuu5XQl64I3WPWSJw.ftK7xXCrRn1r6QJi"
        let changed = security { $0.users = ["ann": PasswordHash(hash)].compactMapValues(\.self) }
        let isChanged = Mutex(false)
        let wasTold = Mutex(false)
        var source = ListenerSecuritySource(security()) {
            guard isChanged.withLock(\.self),
                !wasTold.withLock({ told in
                    defer { told = true }; return told
                })
            else {
                return nil
            }
            return changed
        }
        source.interval = 1_000_000
        try await withListener(.echo, security: source) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(get(right))
            #expect(try await peer.response().hasPrefix("HTTP/1.1 200 "))
            isChanged.withLock { $0 = true }
            var response = ""
            while !response.hasPrefix("HTTP/1.1 401 ") {
                peer.send(get(right))
                response = try await peer.response()
            }
            // ann:changed
            peer.send(get("YW5uOmNoYW5nZWQ="))
            #expect(try await peer.response().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `every answer carries the fields, unless it has its own`() async throws {
        let security = security { security in
            security.headers = [
                ListenerSecurity.HeaderField(name: "X-Frame-Options", value: "deny"),
                ListenerSecurity.HeaderField(name: "Content-Type", value: "never/this"),
            ]
        }
        try await withListener(.echo, security: ListenerSecuritySource(security)) { listener in
            let peer = try RawConnection(port: listener.port)
            peer.send(get(right) + get() + get(right, path: "/none"))
            for _ in 0..<3 {
                let response = try await peer.response()
                #expect(response.contains("\r\nX-Frame-Options: deny\r\n"))
                #expect(!response.contains("never/this"))
            }
        }
    }

    @Test func `requests past the rate are answered 429`() async throws {
        let time = Mutex<UInt64>(0)
        var source = ListenerSecuritySource(
            .with { $0.rateLimit = ListenerSecurity.RateLimit(interval: 1_000, burst: 2) })
        source.now = { time.withLock(\.self) }
        try await withListener(.echo, security: source) { listener in
            let peer = try RawConnection(port: listener.port)
            for (now, status) in [(0, "200"), (0, "200"), (999, "429"), (1_000, "200"), (1_999, "429")] {
                time.withLock { $0 = UInt64(now) }
                peer.send(get())
                let response = try await peer.response()
                #expect(response.hasPrefix("HTTP/1.1 \(status) "))
                #expect(response.contains("\r\nRetry-After: 1\r\n") == (status == "429"))
            }
        }
    }
}
