package import PostmeterTransport

/// A receiver of OTLP over HTTP: where it is and how it is spoken to.
///
/// Signals that go to one place share a target; one that goes elsewhere, or is spoken to otherwise, has a
/// target of its own.
///
/// Source: OpenTelemetry specification, "OTLP Exporter Configuration".
package struct OTLPTarget: Sendable {
    /// How the bodies are compressed.
    package enum Compression: String, Sendable, CaseIterable {
        case none
        case gzip
    }

    /// Where requests go.
    package enum Endpoint: Sendable, Hashable {
        /// A URL to which `/v1/metrics`, `/v1/traces` or `/v1/logs` is appended; a path that it has is kept.
        case base(String)
        /// A URL for one signal, used as it is; one without a path means `/`.
        case exact(String)
    }

    /// The largest body that is sent, before compression, in bytes.
    ///
    /// Source: OTLP specification.
    package static let bodyLimit = 64 << 20

    /// Added to every request, to authorize it for example.
    package var headers: HTTPHeaders
    package var compression: Compression
    /// How long one try may take; of metrics, all tries of a push together.
    package var timeout: Duration
    /// Whom to trust and what to show over HTTPS.
    package var tls: HTTPClientTLS
    private let endpoint: Endpoint

    /// Describes a receiver.
    ///
    /// - Parameters:
    ///   - endpoint: Where requests go.
    ///   - headers: Added to every request.
    ///   - compression: How bodies are compressed; OpenTelemetry's default is not at all.
    ///   - timeout: How long one try may take.
    ///   - tls: Whom to trust and what to show over HTTPS.
    /// - Throws: An error that says which URL cannot be used and why.
    package init(
        _ endpoint: Endpoint,
        headers: HTTPHeaders = [:],
        compression: Compression = .none,
        timeout: Duration = .seconds(10),
        tls: HTTPClientTLS = HTTPClientTLS()
    ) throws(OTLPTargetError) {
        self.headers = headers
        self.compression = compression
        self.timeout = timeout
        self.tls = tls
        self.endpoint = endpoint
        switch endpoint {
        case .base(let url), .exact(let url): try Self.check(url)
        }
    }

    /// The URL that a signal is posted to.
    package func url(for signal: ExportSignal) -> String {
        switch endpoint {
        case .base(let url): Self.appending(signal.path, to: url)
        case .exact(let url): Self.withPath(url)
        }
    }

    /// The path goes before a query; slashes at the end of the base are one.
    private static func appending(_ path: String, to url: String) -> String {
        let end = url.firstIndex { $0 == "?" || $0 == "#" } ?? url.endIndex
        var base = url[..<end]
        while base.last == "/" { base.removeLast() }
        return base + path + url[end...]
    }

    /// The URL itself, with the root's path when it has none.
    private static func withPath(_ url: String) -> String {
        let authority = url.firstIndex(of: ":").map { url.index($0, offsetBy: 3) } ?? url.startIndex
        let end = url[authority...].firstIndex { "/?#".contains($0) } ?? url.endIndex
        guard end == url.endIndex || url[end] != "/" else { return url }
        return url[..<end] + "/" + url[end...]
    }
}
