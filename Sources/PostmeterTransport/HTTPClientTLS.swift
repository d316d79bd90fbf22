/// Whom a client trusts and what it shows of itself, over HTTPS.
///
/// The files are PEM. They are read when a connection is made, so a renewed certificate counts from the next
/// connection on.
package struct HTTPClientTLS: Sendable, Hashable {
    /// A file of the authorities that are trusted in place of the system's.
    package var authorityFile: String?
    /// A file of the client's certificate, followed by those between it and its authority.
    package var certificateFile: String?
    /// A file of the key of the client's certificate.
    package var keyFile: String?

    /// The system's authorities, and no certificate of the client, unless files are named.
    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
