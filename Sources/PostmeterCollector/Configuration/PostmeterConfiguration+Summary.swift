internal import Postmeter
internal import PostmeterExport

extension PostmeterConfiguration.OTLP {
    /// What a person needs to know of a receiver; of headers their names alone, since values may be secret.
    package var summary: String {
        let signals = [("metrics", metrics), ("traces", traces), ("logs", logs)].filter { pushes($0.1) }
        let places = signals.compactMap { name, signal in
            signal.endpoint.map { "\(name) to \(OTLPTarget.shown($0))" }
        }
        var parts = ["\(name) (\(signals.map(\.0).joined(separator: ", ")))"]
        if let endpoint { parts.append("at \(OTLPTarget.shown(endpoint))") }
        parts += places
        let fields = Set(headers.keys).union(signals.flatMap { ($0.1.headers ?? [:]).keys })
        if !fields.isEmpty { parts.append("with \(fields.sorted().joined(separator: ", "))") }
        return parts.joined(separator: " ")
    }
}
