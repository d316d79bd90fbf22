extension ExpositionFormat {
    /// The format that a scraper prefers, of those that are spoken here.
    ///
    /// Of two formats with the same weight the one named first wins, and of those that one range names the
    /// first of ``Syntax``. Text 0.0.4 is the answer to a header that is absent, cannot be read or asks for
    /// nothing known; an escaping that is absent or unknown is by underscores.
    /// Source: Prometheus documentation, "Scrape protocol content negotiation"; RFC 9110, section 12.5.1.
    package static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        let ranges = AcceptRange.list(accept)
        var best: (range: AcceptRange, syntax: Syntax)?
        for syntax in Syntax.allCases {
            guard let range = AcceptRange.best(of: ranges, for: syntax), range.weight > 0 else { continue }
            if let found = best?.range,
                (found.weight, -found.position) >= (range.weight, -range.position)
            {
                continue
            }
            best = (range, syntax)
        }
        guard let best else { return .text }
        return ExpositionFormat(best.syntax, escaping: best.range.escaping)
    }
}
