internal import PostmeterTransport

extension WebConfigurationSource {
    /// Reads and parses the file, and notes what it was like.
    static func parse(
        _ path: String, _ seen: inout [String: FileContent.Stamp?]
    ) throws(ConfigurationError) -> WebConfigurationFile {
        try WebConfigurationFile(parsing: try read(path, at: "", &seen))
    }

    /// What the file and those that it names come to, tried out.
    static func security(
        _ file: WebConfigurationFile, path: String, _ seen: inout [String: FileContent.Stamp?]
    ) throws(ConfigurationError) -> ListenerSecurity {
        var security = ListenerSecurity()
        security.headers = file.headers
        security.users = file.users
        security.rateLimit = file.rateLimit
        if let section = file.tls {
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            security.tls = try tls(section, folder: folder, &seen)
        }
        do throws(ListenerSecurityError) {
            try security.check()
        } catch {
            throw ConfigurationError(path: field(of: error.part, in: file.tls), problem: error.problem)
        }
        return security
    }

    private static func tls(
        _ section: WebTLSSection, folder: String, _ seen: inout [String: FileContent.Stamp?]
    ) throws(ConfigurationError) -> ServerTLS {
        func bytes(_ pem: WebTLSSection.PEM?, _ name: String) throws(ConfigurationError) -> [UInt8]? {
            switch pem {
            case nil: return nil
            case .text(let text): return Array(text.utf8)
            case .file(let path):
                let path = path.hasPrefix("/") ? path : folder + path
                return try read(path, at: "tls_server_config.\(name)", &seen)
            }
        }
        var tls = ServerTLS(
            certificates: try bytes(section.certificate, "cert_file") ?? [],
            key: try bytes(section.key, "key_file") ?? []
        )
        tls.clientCAs = try bytes(section.clientCA, "client_ca_file")
        tls.clientAuthentication = section.clientAuthentication ?? .noClientCert
        tls.clientNames = section.clientNames
        tls.minimumVersion = section.minimumVersion
        tls.maximumVersion = section.maximumVersion
        tls.cipherSuites = section.cipherSuites
        tls.curves = section.curves
        return tls
    }

    private static func read(
        _ path: String, at field: String, _ seen: inout [String: FileContent.Stamp?]
    ) throws(ConfigurationError) -> [UInt8] {
        do throws(FileContent.Unreadable) {
            let (bytes, stamp) = try FileContent.read(path, limit: WebConfigurationFile.byteLimit)
            seen[path] = .some(stamp)
            return bytes
        } catch {
            // As if there were none, so that the next look reads it again.
            seen[path] = .some(error.isBeingWritten ? nil : FileContent.stamp(of: path))
            throw ConfigurationError(path: field, problem: "\(path) cannot be read: \(error.reason)")
        }
    }

    /// The field that a part stands in.
    private static func field(of part: ListenerSecurityError.Part, in section: WebTLSSection?) -> String {
        func name(_ pem: WebTLSSection.PEM?, _ inline: String) -> String {
            if case .text = pem { inline } else { inline + "_file" }
        }
        let key =
            switch part {
            case .certificate: name(section?.certificate, "cert")
            case .key: name(section?.key, "key")
            case .clientCA: name(section?.clientCA, "client_ca")
            case .clientAuthentication: "client_auth_type"
            case .versions: "min_version"
            case .cipherSuites: "cipher_suites"
            case .other: ""
            }
        return key.isEmpty ? "tls_server_config" : "tls_server_config.\(key)"
    }
}
