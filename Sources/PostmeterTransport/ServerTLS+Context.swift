internal import NIOCore
internal import NIOSSL

extension ServerTLS {
    /// Reads certificates and key, and makes what connections share of them.
    ///
    /// Takes some milliseconds; not for event loops.
    ///
    /// - Throws: `ListenerSecurityError`, which says what is wrong with which part.
    func makeContext() throws(ListenerSecurityError) -> NIOSSLContext {
        guard clientNames == nil || clientAuthentication.requires else {
            throw ListenerSecurityError(
                .clientAuthentication,
                "is \(clientAuthentication.rawValue), under which a client that shows no certificate passes the "
                    + "allowed names by; use RequireAndVerifyClientCert, or leave the names out."
            )
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try certificateChain(),
            privateKey: .privateKey(try privateKey())
        )
        try setVersionsAndSuites(of: &configuration)
        if let curves, !curves.isEmpty {
            configuration.curves = curves.map(\.value)
        }
        configuration.certificateVerification =
            switch clientAuthentication {
            case .noClientCert: .none
            case .requestClientCert, .verifyClientCertIfGiven: .optionalVerification
            case .requireAnyClientCert, .requireAndVerifyClientCert: .noHostnameVerification
            }
        configuration.trustRoots = .certificates(try trustRoots())
        configuration.sendCANameList = clientAuthentication.verifies
        configuration.applicationProtocols = ["http/1.1"]
        // The connection sees to its end sooner.
        configuration.shutdownTimeout = .seconds(5)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw ListenerSecurityError(.key, "is not the one of the certificate; take those made together.")
        } catch {
            throw ListenerSecurityError(.other, "TLS cannot be set up: \(error).")
        }
    }

    private func certificateChain() throws(ListenerSecurityError) -> [NIOSSLCertificateSource] {
        try Self.certificates(certificates, .certificate).map { .certificate($0) }
    }

    private func trustRoots() throws(ListenerSecurityError) -> [NIOSSLCertificate] {
        guard clientAuthentication.verifies else {
            guard clientCAs == nil || clientAuthentication != .noClientCert else {
                throw ListenerSecurityError(
                    .clientAuthentication,
                    "is \(clientAuthentication.rawValue), beside which a client CA has no meaning; "
                        + "use RequireAndVerifyClientCert, or leave the CA out."
                )
            }
            return []
        }
        guard let clientCAs else {
            throw ListenerSecurityError(
                .clientAuthentication,
                "is \(clientAuthentication.rawValue), which needs a client CA; name one."
            )
        }
        return try Self.certificates(clientCAs, .clientCA)
    }

    private static func certificates(
        _ pem: [UInt8],
        _ part: ListenerSecurityError.Part
    ) throws(ListenerSecurityError) -> [NIOSSLCertificate] {
        let read = pem.isEmpty ? nil : try? NIOSSLCertificate.fromPEMBytes(pem)
        guard let read, !read.isEmpty else {
            throw ListenerSecurityError(
                part, "has no PEM block that begins with -----BEGIN CERTIFICATE-----.")
        }
        return read
    }

    private func privateKey() throws(ListenerSecurityError) -> NIOSSLPrivateKey {
        let text = String(decoding: key, as: UTF8.self)
        guard !text.contains("ENCRYPTED") else {
            throw ListenerSecurityError(
                .key, "is encrypted; decrypt it with: openssl pkey -in KEY -out KEY2.")
        }
        guard text.contains("PRIVATE KEY-----"), let read = try? NIOSSLPrivateKey(bytes: key, format: .pem)
        else {
            throw ListenerSecurityError(.key, "has no PEM block such as -----BEGIN PRIVATE KEY-----.")
        }
        return read
    }

    private func setVersionsAndSuites(of configuration: inout TLSConfiguration) throws(ListenerSecurityError)
    {
        guard minimumVersion <= maximumVersion else {
            throw ListenerSecurityError(
                .versions,
                "\(minimumVersion.rawValue) to \(maximumVersion.rawValue) are none; swap them."
            )
        }
        configuration.minimumTLSVersion = minimumVersion.value
        configuration.maximumTLSVersion = maximumVersion.value
        guard let cipherSuites else {
            return
        }
        // Those of TLS 1.3 cannot be chosen from; a list of nothing else leaves nothing for older versions.
        let older = cipherSuites.filter { !$0.isOfTLS13 }
        if !older.isEmpty {
            configuration.cipherSuiteValues = older.map(\.value)
        } else if !cipherSuites.isEmpty {
            guard maximumVersion == .tls13 else {
                throw ListenerSecurityError(
                    .cipherSuites,
                    "are all of TLS 1.3, and the highest version is \(maximumVersion.rawValue); add older ones."
                )
            }
            configuration.minimumTLSVersion = .tlsv13
        }
    }
}

extension ServerTLS.Version {
    fileprivate var value: TLSVersion {
        switch self {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}

extension ServerTLS.Curve {
    fileprivate var value: NIOTLSCurve {
        switch self {
        case .p256: .secp256r1
        case .p384: .secp384r1
        case .p521: .secp521r1
        case .x25519: .x25519
        }
    }
}

extension ServerTLS.CipherSuite {
    fileprivate var value: NIOTLSCipher {
        switch self {
        case .rsaAES128CBCSHA: .TLS_RSA_WITH_AES_128_CBC_SHA
        case .rsaAES256CBCSHA: .TLS_RSA_WITH_AES_256_CBC_SHA
        case .rsaAES128GCMSHA256: .TLS_RSA_WITH_AES_128_GCM_SHA256
        case .rsaAES256GCMSHA384: .TLS_RSA_WITH_AES_256_GCM_SHA384
        case .aes128GCMSHA256: .TLS_AES_128_GCM_SHA256
        case .aes256GCMSHA384: .TLS_AES_256_GCM_SHA384
        case .chaCha20Poly1305SHA256: .TLS_CHACHA20_POLY1305_SHA256
        case .ecdheECDSAAES128CBCSHA: .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
        case .ecdheECDSAAES256CBCSHA: .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
        case .ecdheRSAAES128CBCSHA: .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
        case .ecdheRSAAES256CBCSHA: .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
        case .ecdheECDSAAES128GCMSHA256: .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        case .ecdheECDSAAES256GCMSHA384: .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        case .ecdheRSAAES128GCMSHA256: .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        case .ecdheRSAAES256GCMSHA384: .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        case .ecdheRSAChaCha20Poly1305SHA256: .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        case .ecdheECDSAChaCha20Poly1305SHA256: .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        }
    }
}

extension ListenerSecurity {
    /// Tries out whether a listener could start with this.
    ///
    /// - Throws: What `HTTPListener.bind` would fail with.
    package func check() throws(ListenerSecurityError) {
        _ = try tls?.makeContext()
    }
}
