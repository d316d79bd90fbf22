package import PostmeterTransport

/// The section `tls_server_config` of a web configuration file.
package struct WebTLSSection: Sendable, Equatable, Decodable {
    /// A PEM text in the file itself or in one of its own.
    package enum PEM: Sendable, Equatable {
        case text(String)
        /// A path; a relative one is meant from the configuration file's folder.
        case file(String)
    }

    package var certificate: PEM?
    package var key: PEM?
    package var clientCA: PEM?

    /// What is asked of clients; nil when the file does not say.
    package var clientAuthentication: ServerTLS.ClientAuthentication?
    package var clientNames: [String]?
    package var minimumVersion = ServerTLS.Version.tls12
    package var maximumVersion = ServerTLS.Version.tls13
    package var cipherSuites: [ServerTLS.CipherSuite]?
    package var curves: [ServerTLS.Curve]?

    /// Whether the section turns TLS on; it may say nothing that matters.
    var isEnabled: Bool {
        certificate != nil || key != nil || clientCA != nil || clientAuthentication != nil
            || clientNames != nil
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case cert, key
        case clientCA = "client_ca"
        case certFile = "cert_file"
        case keyFile = "key_file"
        case clientCAFile = "client_ca_file"
        case clientAuthType = "client_auth_type"
        case clientAllowedSANs = "client_allowed_sans"
        case minVersion = "min_version"
        case maxVersion = "max_version"
        case cipherSuites = "cipher_suites"
        case preferServerCipherSuites = "prefer_server_cipher_suites"
        case curvePreferences = "curve_preferences"
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(besides: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        certificate = try Self.pem(container, .cert, .certFile)
        key = try Self.pem(container, .key, .keyFile)
        clientCA = try Self.pem(container, .clientCA, .clientCAFile)
        if let name = try container.decodeIfPresent(String.self, forKey: .clientAuthType), !name.isEmpty {
            // The second name was the first one's before.
            clientAuthentication =
                name == "RequireClientCert"
                ? .requireAnyClientCert
                : try Self.value(ServerTLS.ClientAuthentication.self, name, container, .clientAuthType)
        }
        clientNames = try container.decodeIfPresent([String].self, forKey: .clientAllowedSANs)
        if let name = try container.decodeIfPresent(String.self, forKey: .minVersion) {
            minimumVersion = try Self.value(ServerTLS.Version.self, name, container, .minVersion)
        }
        if let name = try container.decodeIfPresent(String.self, forKey: .maxVersion) {
            maximumVersion = try Self.value(ServerTLS.Version.self, name, container, .maxVersion)
        }
        cipherSuites = try container.decodeIfPresent([String].self, forKey: .cipherSuites)?.map { name in
            try Self.value(ServerTLS.CipherSuite.self, name, container, .cipherSuites)
        }
        curves = try container.decodeIfPresent([String].self, forKey: .curvePreferences)?.map { name in
            try Self.value(ServerTLS.Curve.self, name, container, .curvePreferences)
        }
        // Neither Go nor we let it decide anything; its type is checked all the same.
        _ = try container.decodeIfPresent(Bool.self, forKey: .preferServerCipherSuites)
        guard isEnabled else { return }
        try check(container)
    }

    private func check(_ container: KeyedDecodingContainer<CodingKeys>) throws {
        guard certificate != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .certFile, in: container,
                debugDescription: "is missing; name the server's certificate")
        }
        guard key != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .keyFile, in: container, debugDescription: "is missing; name the certificate's key")
        }
        guard clientNames == nil || clientAuthentication?.requires == true else {
            throw DecodingError.dataCorruptedError(
                forKey: .clientAllowedSANs, in: container,
                debugDescription: "lets clients without a certificate pass; set client_auth_type to "
                    + "RequireAnyClientCert or RequireAndVerifyClientCert")
        }
    }

    private static func pem(
        _ container: KeyedDecodingContainer<CodingKeys>, _ inline: CodingKeys, _ file: CodingKeys
    ) throws -> PEM? {
        let text = try container.decodeIfPresent(String.self, forKey: inline).flatMap {
            $0.isEmpty ? nil : $0
        }
        let path = try container.decodeIfPresent(String.self, forKey: file).flatMap { $0.isEmpty ? nil : $0 }
        switch (text, path) {
        case (nil, nil): return nil
        case (let text?, nil): return .text(text)
        case (nil, let path?): return .file(path)
        case (_?, _?):
            throw DecodingError.dataCorruptedError(
                forKey: file, in: container,
                debugDescription: "stands beside \(inline.stringValue); keep one of them")
        }
    }

    private static func value<T: RawRepresentable<String> & CaseIterable>(
        _ type: T.Type, _ name: String, _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) throws -> T {
        guard let value = T(rawValue: name) else {
            let names = T.allCases.map { $0.rawValue }
            let hint = NearName.of(name, among: names).map { "'\($0)'" } ?? names.joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "'\(name)' is not known here; use \(hint)")
        }
        return value
    }
}
