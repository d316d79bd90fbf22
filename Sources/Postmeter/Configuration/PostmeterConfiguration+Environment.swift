import FoundationEssentials
import PostmeterExport
public import PostmeterModel
import PostmeterTracing

extension PostmeterConfiguration {
    /// A configuration from the variables of the process.
    public static func fromEnvironment() -> PostmeterConfiguration {
        fromEnvironment(ProcessInfo.processInfo.environment)
    }

    /// A configuration from variables.
    ///
    /// Understood are `OTEL_SDK_DISABLED`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, `_HEADERS`, `_COMPRESSION` and `_TIMEOUT`, `OTEL_METRIC_EXPORT_INTERVAL`,
    /// `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_TRACES_SAMPLER` and `_ARG`, `OTEL_METRICS_EXPORTER` (`prometheus` opens
    /// the scrape port), `OTEL_EXPORTER_PROMETHEUS_HOST` and `_PORT`, and `POSTMETER_TRACE_KEY`. An empty one
    /// is unset; a bad one is warned of and ignored. Without an endpoint nothing is pushed.
    ///
    /// - Parameters:
    ///   - variables: Names and values.
    ///   - diagnostics: Who is told of bad values, and of everything later; nil is the default.
    public static func fromEnvironment(
        _ variables: [String: String], diagnostics: Diagnostics? = nil
    ) -> PostmeterConfiguration {
        var configuration = PostmeterConfiguration()
        if let diagnostics { configuration.diagnostics = diagnostics }
        let reader = EnvironmentReader(variables, configuration.diagnostics)
        configuration.isDisabled = reader.flag("OTEL_SDK_DISABLED")
        configuration.serviceName = reader.text("OTEL_SERVICE_NAME")
        let attributes = reader.pairs("OTEL_RESOURCE_ATTRIBUTES") { _, _ in true } ?? []
        configuration.resource = Resource(attributes.map { Attribute($0.key, .string($0.value)) })
        configuration.otlp = otlp(reader)
        if let interval = reader.milliseconds("OTEL_METRIC_EXPORT_INTERVAL") {
            configuration.metricInterval = interval
        }
        if let delay = reader.milliseconds("OTEL_BSP_SCHEDULE_DELAY") { configuration.spans.interval = delay }
        if let sampler = sampler(reader) { configuration.sampler = sampler }
        configuration.scrape = scrape(reader)
        configuration.traceKey = reader.text("POSTMETER_TRACE_KEY")
        return configuration
    }

    private static func otlp(_ reader: EnvironmentReader) -> OTLP? {
        guard let endpoint = reader.text("OTEL_EXPORTER_OTLP_ENDPOINT") else { return nil }
        do {
            _ = try OTLPTarget(.base(endpoint))
        } catch {
            return reader.ignore("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, error.problem)
        }
        var otlp = OTLP(endpoint: endpoint)
        let headers = reader.pairs("OTEL_EXPORTER_OTLP_HEADERS") { key, value in
            Self.isFieldName(key) && Self.isFieldValue(value)
        }
        for (key, value) in headers ?? [] { otlp.headers[key] = value }
        if let isCompressed = reader.choice("OTEL_EXPORTER_OTLP_COMPRESSION", ["gzip": true, "none": false]) {
            otlp.isCompressed = isCompressed
        }
        if let timeout = reader.milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT") { otlp.timeout = timeout }
        return otlp
    }

    private static func scrape(_ reader: EnvironmentReader) -> ScrapeAddress? {
        let wants = reader.choice(
            "OTEL_METRICS_EXPORTER", ["otlp": false, "none": false, "prometheus": true])
        guard wants == true else { return nil }
        var address = ScrapeAddress()
        if let host = reader.text("OTEL_EXPORTER_PROMETHEUS_HOST") { address.host = host }
        if let port = reader.integer("OTEL_EXPORTER_PROMETHEUS_PORT", in: 0...65_535) { address.port = port }
        return address
    }

    private static func sampler(_ reader: EnvironmentReader) -> Sampler? {
        let share = reader.share("OTEL_TRACES_SAMPLER_ARG") ?? 1
        return reader.choice(
            "OTEL_TRACES_SAMPLER",
            [
                "always_on": .alwaysOn, "always_off": .alwaysOff, "traceidratio": .traceIDRatio(share),
                "parentbased_always_on": .parentBased(root: .alwaysOn),
                "parentbased_always_off": .parentBased(root: .alwaysOff),
                "parentbased_traceidratio": .parentBased(root: .traceIDRatio(share)),
            ])
    }

    /// Whether a name can stand in a header.
    ///
    /// Source: RFC 9110, section 5.6.2.
    static func isFieldName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether a value can stand in a header: no control characters.
    static func isFieldValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
