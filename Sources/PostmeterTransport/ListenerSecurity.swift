/// What a listener demands of its peers, and tells them, beside serving HTTP.
package struct ListenerSecurity: Sendable, Equatable {
    /// The server's side of TLS; nil for plain HTTP.
    package var tls: ServerTLS?

    /// Fields that answers carry, unless they have them of their own.
    ///
    /// Those that are given before a request's head was read have none of them: 400 and 431 for the head itself,
    /// 408 while it arrives, 503 for a connection too many, and what plain HTTP is told on a port of TLS.
    package var headers: [HeaderField] = []

    /// Who may ask, and by which password's hash; empty when everyone may.
    package var users: [String: PasswordHash] = [:]

    /// How many requests are taken in a time; nil for any number.
    package var rateLimit: RateLimit?

    package init() {}

    /// Whether nobody is answered who has not shown who they are.
    package var asksWhoIsThere: Bool {
        !users.isEmpty || tls?.clientAuthentication == .requireAndVerifyClientCert
    }

    /// A field of a header.
    package struct HeaderField: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Requests in a time: a bucket of `burst` that one flows into each `interval`.
    package struct RateLimit: Sendable, Equatable {
        /// Nanoseconds, above 0.
        package var interval: UInt64

        /// At least 1.
        package var burst: Int

        package init(interval: UInt64, burst: Int) {
            self.interval = interval
            self.burst = burst
        }
    }
}
