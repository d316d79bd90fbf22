/// A text format that Prometheus scrapes.
package enum ExpositionFormat: Sendable, Hashable {
    /// Prometheus text 0.0.4, which every scraper reads.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The value of the `Content-Type` header of an answer.
    ///
    /// Formats of version 1.0.0 and later must say how names were escaped; ours are always with underscores.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics:
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
        }
    }

    /// The format that a scraper prefers, of those that are spoken here.
    ///
    /// Of two formats with the same weight the one named first wins. Text 0.0.4 is the answer to a header
    /// that is absent, cannot be read or asks for nothing known.
    /// Source: Prometheus documentation, "Scrape protocol content negotiation"; RFC 9110, section 12.5.1.
    package static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let ranges = AcceptRange.list(accept)
        guard let openMetrics = AcceptRange.best(of: ranges, for: .openMetrics), openMetrics.weight > 0 else {
            return .text
        }
        guard let text = AcceptRange.best(of: ranges, for: .text), text.weight > 0 else {
            return .openMetrics
        }
        if text.weight != openMetrics.weight {
            return openMetrics.weight > text.weight ? .openMetrics : .text
        }
        return openMetrics.position < text.position ? .openMetrics : .text
    }
}
