internal import Postmeter

extension PostmeterConfiguration.OTLP {
    /// What a person needs to know of a receiver; of headers their names alone, since values may be secret.
    package var summary: String {
        let signals = [("metrics", metrics), ("traces", traces), ("logs", logs)].filter { pushes($0.1) }
        let places = signals.compactMap { name, signal in
            signal.endpoint.map { "\(name) to \(Self.withoutSecrets($0))" }
        }
        var parts = ["\(name) (\(signals.map(\.0).joined(separator: ", ")))"]
        if let endpoint { parts.append("at \(Self.withoutSecrets(endpoint))") }
        parts += places
        let fields = Set(headers.keys).union(signals.flatMap { ($0.1.headers ?? [:]).keys })
        if !fields.isEmpty { parts.append("with \(fields.sorted().joined(separator: ", "))") }
        return parts.joined(separator: " ")
    }

    /// A URL without its user and its query, which may hold a password or a key.
    static func withoutSecrets(_ url: String) -> String {
        var shown = url
        if let query = shown.firstIndex(of: "?") { shown = shown[..<query] + "?***" }
        guard let scheme = shown.firstRange(of: "://") else { return shown }
        let authority = shown[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return shown }
        return shown[..<scheme.upperBound] + "***" + shown[at...]
    }
}
