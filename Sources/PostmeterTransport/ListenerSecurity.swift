/// What a listener demands of its peers, and tells them, beside serving HTTP.
package struct ListenerSecurity: Sendable, Equatable {
    /// The server's side of TLS; nil for plain HTTP.
    package var tls: ServerTLS?

    /// Fields that every answer carries, unless it has them of its own.
    package var headers: [HeaderField] = []

    /// Who may ask, and by which password's hash; empty when everyone may.
    package var users: [String: PasswordHash] = [:]

    /// How many requests are taken in a time; nil for any number.
    package var rateLimit: RateLimit?

    package init() {}

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
