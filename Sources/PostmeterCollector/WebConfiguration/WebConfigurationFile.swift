package import PostmeterTransport
internal import Yams

/// A web configuration file as exporters of Prometheus take it, read and checked by itself: what it names is
/// not opened.
///
/// Source: prometheus/exporter-toolkit, docs/web-configuration.md. Unlike there, a hash whose cost is outside
/// `PasswordHash.costs`, a certificate both inline and in a file, a type of client authentication that verifies
/// without a client CA, and a burst below 1 are refused.
package struct WebConfigurationFile: Sendable, Equatable {
    /// The server's side of TLS; nil for plain HTTP.
    package var tls: WebTLSSection?

    /// Fields that every answer carries.
    package var headers: [ListenerSecurity.HeaderField] = []

    /// Whether the file asks for HTTP/2, which is accepted and not done.
    package var asksForHTTP2 = false

    /// Hashes by user; empty when everyone may ask.
    package var users: [String: PasswordHash] = [:]

    package var rateLimit: ListenerSecurity.RateLimit?

    /// Whether there is nothing in the file, as while it is being written.
    var isBlank = false

    /// Bytes that a file may have.
    package static let byteLimit = 1 << 20

    /// Reads a file's bytes.
    ///
    /// - Throws: `ConfigurationError`, which names the field and the way to mend it.
    package init(parsing bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count <= Self.byteLimit else {
            throw ConfigurationError(path: "", problem: "is longer than \(Self.byteLimit) bytes; shorten it")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(path: "", problem: "is not UTF-8; save it as such")
        }
        do {
            // A file that says nothing is one that demands nothing.
            guard let node = try Yams.compose(yaml: text), node.isPresent else {
                isBlank = true
                return
            }
            self = try YAMLDecoder().decode(WebConfigurationFile.self, from: node)
        } catch let error as DecodingError {
            throw ConfigurationError(error)
        } catch let error as YamlError {
            throw ConfigurationError(error, in: "")
        } catch {
            throw ConfigurationError(path: "", problem: "is not YAML: \(error)")
        }
    }
}

extension Node {
    /// Whether the node is more than the null of an empty document.
    fileprivate var isPresent: Bool {
        self.scalar.map { !["", "~", "null"].contains($0.string) } ?? true
    }
}

extension WebConfigurationFile: Decodable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case tls = "tls_server_config"
        case http = "http_server_config"
        case users = "basic_auth_users"
        case rateLimit = "rate_limit"
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let tls = try container.decodeIfPresent(WebTLSSection.self, forKey: .tls)
        self.tls = tls.flatMap { $0.isEnabled ? $0 : nil }
        if let http = try container.decodeIfPresent(HTTPSection.self, forKey: .http) {
            headers = http.headers
            asksForHTTP2 = http.asksForHTTP2
        }
        if container.contains(.users), try !container.decodeNil(forKey: .users) {
            users = try Self.users(container.nestedContainer(keyedBy: AnyKey.self, forKey: .users))
        }
        rateLimit = try container.decodeIfPresent(RateSection.self, forKey: .rateLimit)?.limit
    }

    private static func users(_ container: KeyedDecodingContainer<AnyKey>) throws -> [String: PasswordHash] {
        var users: [String: PasswordHash] = [:]
        for key in container.allKeys {
            guard !key.stringValue.contains(":") else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription:
                        "has a colon in its name, which basic authentication cannot send; rename it"
                )
            }
            // The value is not repeated in the message: someone may have written the password there.
            guard let hash = PasswordHash(try container.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "is not a bcrypt hash of cost \(PasswordHash.costs.lowerBound) to "
                        + "\(PasswordHash.costs.upperBound); make one with: htpasswd -nBC 10 \"\""
                )
            }
            users[key.stringValue] = hash
        }
        return users
    }
}

extension WebConfigurationFile {
    /// The section `http_server_config`.
    private struct HTTPSection: Decodable {
        var asksForHTTP2 = false
        var headers: [ListenerSecurity.HeaderField] = []

        /// The fields that can be set, and the values of those that have only some.
        private static let allowed: [(name: String, values: [String]?)] = [
            ("Content-Security-Policy", nil), ("Strict-Transport-Security", nil),
            ("X-Content-Type-Options", ["nosniff"]), ("X-Frame-Options", ["deny", "sameorigin"]),
            ("X-XSS-Protection", nil),
        ]

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case http2, headers
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseUnknownKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            asksForHTTP2 = try container.decodeIfPresent(Bool.self, forKey: .http2) ?? false
            guard container.contains(.headers), try !container.decodeNil(forKey: .headers) else { return }
            let fields = try container.nestedContainer(keyedBy: AnyKey.self, forKey: .headers)
            try AnyKey.refuse(fields.allKeys, besides: Self.allowed.map(\.name), at: fields.codingPath)
            for (name, values) in Self.allowed {
                let key = AnyKey(stringValue: name)
                guard let value = try fields.decodeIfPresent(String.self, forKey: key), !value.isEmpty else {
                    continue
                }
                guard values?.contains(value) ?? true else {
                    throw DecodingError.dataCorruptedError(
                        forKey: key, in: fields,
                        debugDescription: "'\(value)' is not \((values ?? []).joined(separator: " or "))"
                    )
                }
                guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: key, in: fields, debugDescription: "has a control character; take it out")
                }
                headers.append(ListenerSecurity.HeaderField(name: name, value: value))
            }
        }
    }

    /// The section `rate_limit`.
    private struct RateSection: Decodable {
        /// Nil when the interval is 0.
        var limit: ListenerSecurity.RateLimit?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case interval, burst
        }

        init(from decoder: any Decoder) throws {
            try decoder.refuseUnknownKeys(besides: CodingKeys.self)
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let text = try container.decodeIfPresent(String.self, forKey: .interval) ?? "0"
            let burst = try container.decodeIfPresent(Int.self, forKey: .burst) ?? 0
            guard let interval = GoDuration.nanoseconds(text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .interval, in: container,
                    debugDescription: "'\(text)' is not a time; write for example 100ms, 1.5s or 1m30s")
            }
            guard interval > 0 else { return }
            guard burst >= 1 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .burst, in: container,
                    debugDescription: "must be at least 1, or no request is ever taken")
            }
            limit = ListenerSecurity.RateLimit(interval: interval, burst: burst)
        }
    }
}
