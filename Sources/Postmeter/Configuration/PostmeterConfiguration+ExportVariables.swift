import PostmeterExport
import PostmeterModel

extension PostmeterConfiguration {
    /// Where telemetry goes that is to be pushed and has no endpoint.
    ///
    /// Source: OpenTelemetry specification, "OTLP Exporter Configuration".
    private static let defaultEndpoint = "http://localhost:4318"

    /// What the variables of exporters say of one signal.
    private struct Choice {
        /// Whether it is pushed.
        let pushes: Bool
        /// Whether that was said, and not the default.
        let isExplicit: Bool
        let words: [String]
    }

    /// Takes over where telemetry goes.
    mutating func readExport(_ reader: EnvironmentReader) {
        let metrics = Self.choice(reader, "OTEL_METRICS_EXPORTER", ["otlp", "console", "prometheus", "none"])
        let traces = Self.choice(reader, "OTEL_TRACES_EXPORTER", ["otlp", "console", "none"])
        let logs = Self.choice(reader, "OTEL_LOGS_EXPORTER", ["otlp", "console", "none"])
        if scrape != nil || metrics.words.contains("prometheus") {
            scrape = Self.scrapeAddress(reader, scrape ?? ScrapeAddress())
        }
        if metrics.words.contains("console") { console.insert(.metrics) }
        if traces.words.contains("console") { console.insert(.traces) }
        if logs.words.contains("console") { console.insert(.logs) }
        var otlp = Self.otlp(reader)
        let hasBase = otlp.endpoint != nil
        func apply(_ choice: Choice, to signal: inout OTLP.Signal, _ path: String) {
            signal.isPushed = choice.pushes
            guard choice.isExplicit, choice.pushes, !hasBase, signal.endpoint == nil else { return }
            signal.endpoint = Self.defaultEndpoint + path
        }
        apply(metrics, to: &otlp.metrics, "/v1/metrics")
        apply(traces, to: &otlp.traces, "/v1/traces")
        apply(logs, to: &otlp.logs, "/v1/logs")
        let hasTarget =
            hasBase || [otlp.metrics, otlp.traces, otlp.logs].contains { $0.endpoint != nil }
        if hasTarget { self.otlp = otlp }
    }

    private static func choice(_ reader: EnvironmentReader, _ name: String, _ known: [String]) -> Choice {
        guard let words = reader.words(name, of: known) else {
            return Choice(pushes: true, isExplicit: false, words: [])
        }
        if words.contains("none"), words.count > 1 {
            reader.ignore(name, "none", "it stands beside others")
        }
        return Choice(pushes: words.contains("otlp"), isExplicit: true, words: words)
    }

    private static func otlp(_ reader: EnvironmentReader) -> OTLP {
        let prefix = "OTEL_EXPORTER_OTLP"
        let all = signal(reader, prefix) { .base($0) }
        var otlp = OTLP(endpoint: all.endpoint)
        if let headers = all.headers { otlp.headers = headers }
        if let isCompressed = all.isCompressed { otlp.isCompressed = isCompressed }
        if let timeout = all.timeout { otlp.timeout = timeout }
        let shared = files(reader, prefix)
        otlp.tls = checked(shared, reader, prefix)
        func own(_ name: String) -> OTLP.Signal {
            var signal = signal(reader, prefix + name) { .exact($0) }
            let files = files(reader, prefix + name)
            if files != TLS() { signal.tls = checked(files.merged(over: shared), reader, prefix + name) }
            return signal
        }
        otlp.metrics = own("_METRICS")
        otlp.traces = own("_TRACES")
        otlp.logs = own("_LOGS")
        return otlp
    }

    /// The variables that there are for all signals and for each, but for the files.
    private static func signal(
        _ reader: EnvironmentReader, _ prefix: String, _ target: (String) -> OTLPTarget.Endpoint
    ) -> OTLP.Signal {
        var signal = OTLP.Signal()
        if let endpoint = reader.text(prefix + "_ENDPOINT") {
            do {
                _ = try OTLPTarget(target(endpoint))
                signal.endpoint = endpoint
            } catch {
                reader.ignore(prefix + "_ENDPOINT", error.url, error.problem)
            }
        }
        let headers = reader.pairs(prefix + "_HEADERS") { isFieldName($0) && isFieldValue($1) }
        signal.headers = headers.map { Dictionary($0.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) }
        signal.isCompressed = reader.choice(prefix + "_COMPRESSION", ["gzip": true, "none": false])
        signal.timeout = reader.timeout(prefix + "_TIMEOUT")
        let _: Bool? = reader.choice(prefix + "_PROTOCOL", ["http/protobuf": true])
        return signal
    }

    private static func files(_ reader: EnvironmentReader, _ prefix: String) -> TLS {
        TLS(
            authorityFile: reader.text(prefix + "_CERTIFICATE"),
            certificateFile: reader.text(prefix + "_CLIENT_CERTIFICATE"),
            keyFile: reader.text(prefix + "_CLIENT_KEY"))
    }

    /// Files that go together: a key without its certificate is of no use.
    private static func checked(_ files: TLS, _ reader: EnvironmentReader, _ prefix: String) -> TLS {
        var files = files
        if files.certificateFile == nil, let key = files.keyFile {
            reader.ignore(prefix + "_CLIENT_KEY", key, "\(prefix)_CLIENT_CERTIFICATE is not set beside it")
            files.keyFile = nil
        }
        if let certificate = files.certificateFile, files.keyFile == nil {
            reader.warn(
                prefix + "_CLIENT_CERTIFICATE", certificate,
                "must hold its key too, since \(prefix)_CLIENT_KEY is not set")
        }
        return files
    }

    private static func scrapeAddress(_ reader: EnvironmentReader, _ before: ScrapeAddress) -> ScrapeAddress {
        var address = before
        if let host = reader.text("OTEL_EXPORTER_PROMETHEUS_HOST") { address.host = host }
        if let port = reader.integer("OTEL_EXPORTER_PROMETHEUS_PORT", in: 0...65_535) { address.port = port }
        return address
    }
}
