/// Whom a client trusts and what it shows of itself, over HTTPS.
///
/// The files are PEM. They are read when a connection is made, and a connection takes new requests for ten
/// minutes at most, so a renewed certificate counts from then on at the latest. The receiver's certificate and
/// name are always verified, and TLS is of version 1.2 at least.
package struct HTTPClientTLS: Sendable, Hashable {
    /// A file of the authorities that are trusted in place of the system's.
    package var authorityFile: String?
    /// A file of the client's certificate, followed by those between it and its authority.
    package var certificateFile: String?
    /// A file of the key of the client's certificate, without a passphrase; nil when the key is in the same file.
    package var keyFile: String?

    /// The system's authorities, and no certificate of the client, unless files are named.
    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
