/// A request to send.
package struct HTTPClientRequest: Sendable {
    package var method: HTTPMethod

    /// An absolute URL of scheme `http` or `https`; it is sent as it is.
    package var url: String

    package var headers: HTTPHeaders

    package var body: [UInt8]

    /// Whether the body is compressed, and `Content-Encoding: gzip` added.
    package var gzip: Bool

    /// Whether the body is gzip already, as `Gzip` makes it: it is sent as it is, with `Content-Encoding: gzip`.
    ///
    /// `gzip` does not count then.
    package var isCompressed: Bool

    /// Whom to trust and what to show over HTTPS.
    package var tls = HTTPClientTLS()

    /// How long one try may take, from the look-up of the host to the end of the response.
    package var timeout: Duration

    package init(
        method: HTTPMethod = .post,
        url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        gzip: Bool = false,
        timeout: Duration = .seconds(10),
        isCompressed: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.gzip = gzip
        self.timeout = timeout
        self.isCompressed = isCompressed
    }
}
