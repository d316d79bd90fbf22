/// The server's side of TLS: who the server is, and whom it lets in.
///
/// Its description leaves the key out.
package struct ServerTLS: Sendable, Equatable, CustomStringConvertible {
    /// The certificate and those between it and the CA, in PEM.
    package var certificates: [UInt8]

    /// The private key of the first certificate, in PEM, not encrypted.
    package var key: [UInt8]

    /// The CAs that clients' certificates must come from, in PEM; nil when none is checked.
    package var clientCAs: [UInt8]?

    package var clientAuthentication = ClientAuthentication.noClientCert

    /// Alternative names, one of which a client's certificate must have; nil when any will do.
    ///
    /// Only together with a type of authentication that requires a certificate.
    ///
    /// A DNS name, e-mail address or URI as it stands in the certificate, or an IP address in any notation.
    package var clientNames: [String]?

    package var minimumVersion = Version.tls12
    package var maximumVersion = Version.tls13

    /// What may be agreed on before TLS 1.3, in order of preference; nil for the library's choice.
    package var cipherSuites: [CipherSuite]?

    /// Groups for the key exchange, in order of preference; nil for the library's choice.
    package var curves: [Curve]?

    package init(certificates: [UInt8], key: [UInt8]) {
        self.certificates = certificates
        self.key = key
    }

    package var description: String {
        "\(minimumVersion.rawValue) to \(maximumVersion.rawValue), \(clientAuthentication.rawValue)"
    }

    /// What is asked of clients; raw values are Go's names.
    ///
    /// Source: crypto/tls, ClientAuthType.
    package enum ClientAuthentication: String, Sendable, CaseIterable {
        /// No certificate is asked for.
        case noClientCert = "NoClientCert"
        /// One is asked for; any or none will do.
        case requestClientCert = "RequestClientCert"
        /// There must be one; any will do.
        case requireAnyClientCert = "RequireAnyClientCert"
        /// One is asked for; it must come from the CAs if there is one.
        case verifyClientCertIfGiven = "VerifyClientCertIfGiven"
        /// There must be one that comes from the CAs.
        case requireAndVerifyClientCert = "RequireAndVerifyClientCert"

        /// Whether certificates are held against the CAs.
        package var verifies: Bool {
            self == .verifyClientCertIfGiven || self == .requireAndVerifyClientCert
        }

        /// Whether a client without a certificate is refused.
        package var requires: Bool {
            self == .requireAnyClientCert || self == .requireAndVerifyClientCert
        }
    }

    /// A version of the protocol; raw values are the names that exporters use.
    package enum Version: String, Sendable, CaseIterable, Comparable {
        case tls10 = "TLS10"
        case tls11 = "TLS11"
        case tls12 = "TLS12"
        case tls13 = "TLS13"

        package static func < (left: Version, right: Version) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// A group for the key exchange; raw values are Go's names.
    ///
    /// Source: crypto/tls, CurveID.
    package enum Curve: String, Sendable, CaseIterable {
        case p256 = "CurveP256"
        case p384 = "CurveP384"
        case p521 = "CurveP521"
        case x25519 = "X25519"
    }

    /// A cipher suite that is thought safe; raw values are Go's names, which are IANA's.
    ///
    /// Source: crypto/tls, CipherSuites.
    package enum CipherSuite: String, Sendable, CaseIterable {
        case rsaAES128CBCSHA = "TLS_RSA_WITH_AES_128_CBC_SHA"
        case rsaAES256CBCSHA = "TLS_RSA_WITH_AES_256_CBC_SHA"
        case rsaAES128GCMSHA256 = "TLS_RSA_WITH_AES_128_GCM_SHA256"
        case rsaAES256GCMSHA384 = "TLS_RSA_WITH_AES_256_GCM_SHA384"
        case aes128GCMSHA256 = "TLS_AES_128_GCM_SHA256"
        case aes256GCMSHA384 = "TLS_AES_256_GCM_SHA384"
        case chaCha20Poly1305SHA256 = "TLS_CHACHA20_POLY1305_SHA256"
        case ecdheECDSAAES128CBCSHA = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
        case ecdheECDSAAES256CBCSHA = "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"
        case ecdheRSAAES128CBCSHA = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
        case ecdheRSAAES256CBCSHA = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"
        case ecdheECDSAAES128GCMSHA256 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        case ecdheECDSAAES256GCMSHA384 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
        case ecdheRSAAES128GCMSHA256 = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
        case ecdheRSAAES256GCMSHA384 = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        case ecdheRSAChaCha20Poly1305SHA256 = "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
        case ecdheECDSAChaCha20Poly1305SHA256 = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"

        /// Whether it is one of TLS 1.3, which are always all on.
        package var isOfTLS13: Bool { !rawValue.contains("_WITH_") }
    }
}
