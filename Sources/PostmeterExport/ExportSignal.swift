/// A kind of telemetry that is pushed.
package enum ExportSignal: String, Sendable, CaseIterable {
    case metrics
    case traces
    case logs

    /// What is appended to the base URL of a receiver.
    ///
    /// Source: OTLP specification, "OTLP/HTTP Request".
    var path: String {
        "/v1/\(rawValue)"
    }
}
