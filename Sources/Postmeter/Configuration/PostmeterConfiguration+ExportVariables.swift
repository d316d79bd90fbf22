import PostmeterExport
import PostmeterModel

extension PostmeterConfiguration {
    /// Takes over where telemetry goes.
    mutating func readExport(_ reader: EnvironmentReader) {
        let metrics = reader.words("OTEL_METRICS_EXPORTER", of: ["otlp", "none", "prometheus"])
        if metrics?.contains("prometheus") == true { scrape = Self.scrapeAddress(reader) }
        let traces = reader.words("OTEL_TRACES_EXPORTER", of: ["otlp", "none"])
        let logs = reader.words("OTEL_LOGS_EXPORTER", of: ["otlp", "none", "console"])
        if logs?.contains("console") == true { logsToStandardError = true }
        otlp = Self.otlp(reader)
        otlp?.metrics.isPushed = metrics?.contains("otlp") ?? true
        otlp?.traces.isPushed = traces?.contains("otlp") ?? true
        otlp?.logs.isPushed = logs?.contains("otlp") ?? true
    }

    private static func otlp(_ reader: EnvironmentReader) -> OTLP? {
        let prefix = "OTEL_EXPORTER_OTLP"
        let all = signal(reader, prefix) { .base($0) }
        var otlp = OTLP(endpoint: all.endpoint)
        if let headers = all.headers { otlp.headers = headers }
        if let isCompressed = all.isCompressed { otlp.isCompressed = isCompressed }
        if let timeout = all.timeout { otlp.timeout = timeout }
        otlp.metrics = signal(reader, prefix + "_METRICS") { .exact($0) }
        otlp.traces = signal(reader, prefix + "_TRACES") { .exact($0) }
        otlp.logs = signal(reader, prefix + "_LOGS") { .exact($0) }
        let hasTarget = [all, otlp.metrics, otlp.traces, otlp.logs].contains { $0.endpoint != nil }
        return hasTarget ? otlp : nil
    }

    /// The five variables that there are for all signals and for each.
    private static func signal(
        _ reader: EnvironmentReader, _ prefix: String, _ target: (String) -> OTLPTarget.Endpoint
    ) -> OTLP.Signal {
        var signal = OTLP.Signal()
        if let endpoint = reader.text(prefix + "_ENDPOINT") {
            do {
                _ = try OTLPTarget(target(endpoint))
                signal.endpoint = endpoint
            } catch {
                reader.ignore(prefix + "_ENDPOINT", endpoint, error.problem)
            }
        }
        let headers = reader.pairs(prefix + "_HEADERS") { isFieldName($0) && isFieldValue($1) }
        signal.headers = headers.map { Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
        signal.isCompressed = reader.choice(prefix + "_COMPRESSION", ["gzip": true, "none": false])
        signal.timeout = reader.milliseconds(prefix + "_TIMEOUT")
        let _: Bool? = reader.choice(prefix + "_PROTOCOL", ["http/protobuf": true])
        for name in ["_CERTIFICATE", "_CLIENT_KEY", "_CLIENT_CERTIFICATE"] {
            if let value = reader.text(prefix + name) {
                reader.ignore(prefix + name, value, "the system's certificates are used")
            }
        }
        return signal
    }

    private static func scrapeAddress(_ reader: EnvironmentReader) -> ScrapeAddress {
        var address = ScrapeAddress()
        if let host = reader.text("OTEL_EXPORTER_PROMETHEUS_HOST") { address.host = host }
        if let port = reader.integer("OTEL_EXPORTER_PROMETHEUS_PORT", in: 0...65_535) { address.port = port }
        return address
    }
}
