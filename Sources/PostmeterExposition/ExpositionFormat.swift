/// A form of answer that Prometheus scrapes, with the escaping of its names.
package struct ExpositionFormat: Sendable, Hashable {
    /// The form without the escaping of names.
    package enum Syntax: Sendable, Hashable, CaseIterable {
        /// Prometheus text 0.0.4, which every scraper reads.
        case text004
        /// Prometheus text 1.0.0: as 0.0.4, and names may stand in quotes.
        case text100
        /// OpenMetrics 1.0.0.
        case openMetrics100
        /// OpenMetrics 0.0.1, which is written as 1.0.0 is, save that names never stand in quotes.
        case openMetrics001
        /// Messages `io.prometheus.client.MetricFamily`, each behind its length.
        case protobuf
    }

    package let syntax: Syntax
    /// What is done to names; never ``NameEscaping/allowUTF8`` in a form that has no place for such names.
    package let escaping: NameEscaping

    /// Creates a format; one that cannot have names in quotes escapes them with underscores instead.
    package init(_ syntax: Syntax, escaping: NameEscaping = .underscores) {
        self.syntax = syntax
        let hasQuotes = syntax != .text004 && syntax != .openMetrics001
        self.escaping = escaping == .allowUTF8 && !hasQuotes ? .underscores : escaping
    }

    /// Prometheus text 0.0.4.
    package static let text = ExpositionFormat(.text004)
    /// OpenMetrics 1.0.0 with names escaped by underscores.
    package static let openMetrics = ExpositionFormat(.openMetrics100)
    /// Protocol buffers with names escaped by underscores.
    package static let protobuf = ExpositionFormat(.protobuf)

    /// Whether it is one of the OpenMetrics forms.
    var isOpenMetrics: Bool { syntax == .openMetrics100 || syntax == .openMetrics001 }

    /// The word for it in telemetry: `text`, `openmetrics` or `protobuf`.
    package var name: String {
        switch syntax {
        case .text004, .text100: "text"
        case .openMetrics100, .openMetrics001: "openmetrics"
        case .protobuf: "protobuf"
        }
    }

    /// The value of the `Content-Type` header of an answer.
    ///
    /// Formats of version 1.0.0 and later must say how names were escaped.
    /// Source: Prometheus documentation, "Scrape protocol content negotiation".
    package var contentType: String {
        let type =
            switch syntax {
            case .text004: "text/plain; version=0.0.4; charset=utf-8"
            case .text100: "text/plain; version=1.0.0; charset=utf-8"
            case .openMetrics100: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            case .openMetrics001: "application/openmetrics-text; version=0.0.1; charset=utf-8"
            case .protobuf:
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        let isOld = syntax == .text004 || syntax == .openMetrics001
        return isOld && escaping == .underscores ? type : type + "; escaping=" + escaping.rawValue
    }
}
