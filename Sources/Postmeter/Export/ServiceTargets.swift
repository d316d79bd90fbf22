import PostmeterExport
import PostmeterTransport

/// Where each signal of a service goes, as far as it goes anywhere.
struct ServiceTargets {
    let metrics: OTLPTarget?
    let traces: OTLPTarget?
    let logs: OTLPTarget?

    /// Reads a configuration.
    ///
    /// - Throws: When an endpoint or a header cannot be used, with the name of the setting.
    init(_ configuration: PostmeterConfiguration) throws(PostmeterError) {
        guard let otlp = configuration.otlp, !configuration.isDisabled else {
            (metrics, traces, logs) = (nil, nil, nil)
            return
        }
        var metrics = try Self.target(otlp, otlp.metrics, "metrics")
        if let timeout = configuration.metricTimeout { metrics?.timeout = timeout }
        self.metrics = metrics
        traces = try Self.target(otlp, otlp.traces, "traces")
        logs = try Self.target(otlp, otlp.logs, "logs")
    }

    private static func target(
        _ otlp: PostmeterConfiguration.OTLP, _ signal: PostmeterConfiguration.OTLP.Signal, _ name: String
    ) throws(PostmeterError) -> OTLPTarget? {
        guard otlp.pushes(signal) else { return nil }
        let headers = try fields(
            signal.headers ?? otlp.headers, signal.headers == nil ? "otlp.headers" : "otlp.\(name).headers")
        let endpoint: OTLPTarget.Endpoint = signal.endpoint.map { .exact($0) } ?? .base(otlp.endpoint ?? "")
        do {
            return try OTLPTarget(
                endpoint, headers: headers,
                compression: signal.isCompressed ?? otlp.isCompressed ? .gzip : .none,
                timeout: signal.timeout ?? otlp.timeout)
        } catch {
            let setting = signal.endpoint == nil ? "otlp.endpoint" : "otlp.\(name).endpoint"
            throw PostmeterError("\(setting): \(error)")
        }
    }

    private static func fields(
        _ headers: [String: String], _ setting: String
    ) throws(PostmeterError) -> HTTPHeaders {
        let sorted = headers.sorted { $0.key < $1.key }
        for (name, value) in sorted {
            guard PostmeterConfiguration.isFieldName(name), PostmeterConfiguration.isFieldValue(value) else {
                throw PostmeterError(
                    "\(setting): '\(name)' or its value cannot stand in a request; remove control characters")
            }
        }
        return HTTPHeaders(sorted.map { ($0.key, $0.value) })
    }
}
