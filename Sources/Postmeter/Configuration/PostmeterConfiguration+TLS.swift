extension PostmeterConfiguration {
    /// Whom a push trusts and what it shows of itself, over HTTPS: files of PEM.
    ///
    /// They are read when a connection is made, so a renewed certificate counts without a restart.
    public struct TLS: Sendable, Hashable {
        /// The authorities that are trusted in place of the system's.
        public var authorityFile: String?
        /// The client's certificate, followed by those between it and its authority.
        public var certificateFile: String?
        /// The key of the client's certificate; nil when it stands in the file of the certificate.
        public var keyFile: String?

        /// The system's authorities, and no certificate of the client, unless files are named.
        public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }

        /// What is set here, and the rest from what is for all.
        func merged(over all: TLS) -> TLS {
            TLS(
                authorityFile: authorityFile ?? all.authorityFile,
                certificateFile: certificateFile ?? all.certificateFile, keyFile: keyFile ?? all.keyFile)
        }
    }
}
