import PostmeterTransport
import Testing

@testable import PostmeterCollector

@Suite struct WebConfigurationFileTests {
    private func parse(_ text: String) throws(ConfigurationError) -> WebConfigurationFile {
        try WebConfigurationFile(parsing: Array(text.utf8))
    }

    private static let hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"

    @Test func `a file that uses everything is read`() throws {
        let file = try parse(
            """
            tls_server_config:
              cert_file: server.crt
              key: |
                -----BEGIN PRIVATE KEY-----
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: /etc/ca.crt
              client_allowed_sans: [scraper.test, 10.1.2.3]
              min_version: TLS11
              max_version: TLS12
              cipher_suites:
                - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                - TLS_AES_128_GCM_SHA256
              prefer_server_cipher_suites: false
              curve_preferences: [X25519, CurveP256]
            http_server_config:
              http2: true
              headers:
                X-Frame-Options: deny
                Strict-Transport-Security: max-age=31536000
                X-XSS-Protection: ""
            basic_auth_users:
              ann: \(Self.hash)
            rate_limit:
              interval: 1m30s
              burst: 20
            """)
        let tls = try #require(file.tls)
        #expect(tls.certificate == .file("server.crt"))
        #expect(tls.key == .text("-----BEGIN PRIVATE KEY-----\n"))
        #expect(tls.clientAuthentication == .requireAndVerifyClientCert)
        #expect(tls.clientCA == .file("/etc/ca.crt"))
        #expect(tls.clientNames == ["scraper.test", "10.1.2.3"])
        #expect(tls.minimumVersion == .tls11 && tls.maximumVersion == .tls12)
        #expect(tls.cipherSuites == [.ecdheECDSAAES128GCMSHA256, .aes128GCMSHA256])
        #expect(tls.curves == [.x25519, .p256])
        #expect(file.asksForHTTP2)
        #expect(
            file.headers == [
                ListenerSecurity.HeaderField(name: "Strict-Transport-Security", value: "max-age=31536000"),
                ListenerSecurity.HeaderField(name: "X-Frame-Options", value: "deny"),
            ])
        #expect(file.users == ["ann": try #require(PasswordHash(Self.hash))])
        #expect(file.rateLimit == ListenerSecurity.RateLimit(interval: 90_000_000_000, burst: 20))
    }

    @Test(arguments: [
        "", "# nothing", "null", "{}", "tls_server_config: {}", "tls_server_config:\nbasic_auth_users:\n",
        "tls_server_config: {min_version: TLS13}", "rate_limit: {interval: 0, burst: 0}",
        "http_server_config: {headers: }", "basic_auth_users: {}",
    ])
    func `a file that says nothing demands nothing`(text: String) throws {
        let file = try parse(text)
        #expect(file.tls == nil && file.users.isEmpty && file.headers.isEmpty && file.rateLimit == nil)
    }

    @Test func `TLS is at least 1.2 unless the file says otherwise`() throws {
        let tls = try #require(try parse("tls_server_config: {cert_file: a, key_file: b}").tls)
        #expect(tls.minimumVersion == .tls12 && tls.maximumVersion == .tls13)
        #expect(tls.clientAuthentication == nil && tls.cipherSuites == nil && tls.curves == nil)
    }

    @Test func `the name that exporters took before is taken`() throws {
        let text = "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireClientCert}"
        #expect(try parse(text).tls?.clientAuthentication == .requireAnyClientCert)
    }

    @Test(arguments: ["RequireAnyClientCert", "RequireClientCert", "RequireAndVerifyClientCert"])
    func `names are allowed beside a certificate that is required`(type: String) throws {
        let text = "{cert_file: a, key_file: b, client_allowed_sans: [c], client_auth_type: \(type)}"
        #expect(try parse("tls_server_config: \(text)").tls?.clientNames == ["c"])
    }

    @Test(arguments: [
        (
            "tls_server_config: {cert_fil: a}",
            "tls_server_config.cert_fil: unknown key; did you mean cert_file?"
        ),
        (
            "web: {}",
            "web: unknown key; known here: tls_server_config, http_server_config, basic_auth_users, rate_limit"
        ),
        ("basic_auth_user: {}", "basic_auth_user: unknown key; did you mean basic_auth_users?"),
        (
            "http_server_config: {headers: {x-frame-options: deny}}",
            "http_server_config.headers.x-frame-options: unknown key; did you mean X-Frame-Options?"
        ),
        (
            "http_server_config: {headers: {X-Frame-Options: allow}}",
            "http_server_config.headers.X-Frame-Options: 'allow' is not deny or sameorigin"
        ),
        (
            "http_server_config: {headers: {X-XSS-Protection: \"a\\r\\nb: c\"}}",
            "http_server_config.headers.X-XSS-Protection: has a control character; take it out"
        ),
        (
            "tls_server_config: {cert_file: a}",
            "tls_server_config.key_file: is missing; name the certificate's key"
        ),
        (
            "tls_server_config: {client_auth_type: NoClientCert}",
            "tls_server_config.cert_file: is missing; name the server's certificate"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_allowed_sans: [c]}",
            "tls_server_config.client_allowed_sans: lets clients without a certificate pass; "
                + "set client_auth_type to RequireAnyClientCert or RequireAndVerifyClientCert"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c, client_allowed_sans: [d], client_auth_type: VerifyClientCertIfGiven}",
            "tls_server_config.client_allowed_sans: lets clients without a certificate pass; "
                + "set client_auth_type to RequireAnyClientCert or RequireAndVerifyClientCert"
        ),
        (
            "tls_server_config: {client_allowed_sans: [a]}",
            "tls_server_config.cert_file: is missing; name the server's certificate"
        ),
        (
            "tls_server_config: {cert_file: a, cert: b, key_file: c}",
            "tls_server_config.cert_file: stands beside cert; keep one of them"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, min_version: TLS1.2}",
            "tls_server_config.min_version: 'TLS1.2' is not known here; use 'TLS12'"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, curve_preferences: [P-256]}",
            "tls_server_config.curve_preferences: 'P-256' is not known here; use CurveP256, CurveP384, CurveP521, X25519"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, cipher_suites: [TLS_AES_128_GCM_SHA265]}",
            "tls_server_config.cipher_suites: 'TLS_AES_128_GCM_SHA265' is not known here; use 'TLS_AES_128_GCM_SHA256'"
        ),
        (
            "basic_auth_users: {ann: secret}",
            "basic_auth_users.ann: is not a bcrypt hash of cost 4 to 16; make one with: htpasswd -nBC 10 \"\""
        ),
        (
            "basic_auth_users: {\"a:b\": x}",
            "basic_auth_users.a:b: has a colon in its name, which basic authentication cannot send; rename it"
        ),
        (
            "rate_limit: {interval: 1 minute, burst: 1}",
            "rate_limit.interval: '1 minute' is not a time; write for example 100ms, 1.5s or 1m30s"
        ),
        ("rate_limit: {interval: 1s}", "rate_limit.burst: must be at least 1, or no request is ever taken"),
    ])
    func `what is wrong is named, and how to mend it`(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try parse(text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "a: [", "- a", "a", "tls_server_config: [a]", "basic_auth_users: [ann]", "a: &a [*a]", "\u{0}",
    ])
    func `what has another shape is refused`(text: String) {
        #expect(throws: ConfigurationError.self) { try parse(text) }
    }

    @Test func `bytes that are no text, or too many, are refused`() {
        #expect(throws: ConfigurationError.self) { try WebConfigurationFile(parsing: [0xff, 0xfe]) }
        let long = [UInt8](repeating: UInt8(ascii: "#"), count: (1 << 20) + 1)
        #expect(throws: ConfigurationError.self) { try WebConfigurationFile(parsing: long) }
    }

    @Test func `a password that stands in the place of its hash is not repeated`() {
        let error = #expect(throws: ConfigurationError.self) {
            try parse("basic_auth_users: {ann: my-password}")
        }
        #expect(error?.description.contains("my-password") == false)
    }

    @Test(arguments: [
        ("300ms", 300_000_000), ("1.5h", 5_400_000_000_000), ("2h45m", 9_900_000_000_000), ("7", 7),
        ("1us", 1_000), ("1\u{b5}s", 1_000), ("+1s", 1_000_000_000), (".5s", 500_000_000), ("0", 0),
        ("1h1m1s1ms1us1ns", 3_661_001_001_001),
    ])
    func `times are read as Go reads them`(text: String, nanoseconds: UInt64) {
        #expect(GoDuration.nanoseconds(text) == nanoseconds)
    }

    @Test(
        arguments: [
            "", "s", "1", "1x", "-1s", "1 s", "1.2.3s", ".s", "1s2", "99999999999h", "nan", "1e3s", "+",
        ].filter { $0 != "1" })
    func `what is no time to Go is none`(text: String) {
        #expect(GoDuration.nanoseconds(text) == nil)
    }
}
