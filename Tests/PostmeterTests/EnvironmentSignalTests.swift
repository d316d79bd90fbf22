import Postmeter
import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import Testing

@Suite struct EnvironmentSignalTests {
    /// What a set of variables is read as, and what is warned of on the way.
    private func read(_ variables: [String: String]) -> (PostmeterConfiguration, [String]) {
        let heard = Warnings()
        let configuration = PostmeterConfiguration.fromEnvironment(variables, diagnostics: heard.diagnostics)
        return (configuration, heard.all)
    }

    @Test func `a signal can have an endpoint, headers, compression and timeout of its own`() {
        let (configuration, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://traces.example/in?key=1",
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "x-tenant=7",
            "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": "250",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        ])
        #expect(warnings.isEmpty)
        #expect(configuration.otlp?.endpoint == "http://collector:4318")
        #expect(
            configuration.otlp?.traces
                == .init(endpoint: "https://traces.example/in?key=1", headers: ["x-tenant": "7"]))
        #expect(configuration.otlp?.metrics == .init(isCompressed: true))
        #expect(configuration.otlp?.logs == .init(timeout: .milliseconds(250)))
    }

    @Test func `a signal's endpoint alone pushes that signal alone`() throws {
        let configuration = read(["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://logs:4318/v1/logs"]).0
        #expect(configuration.otlp?.endpoint == nil)
        #expect(configuration.otlp?.logs.endpoint == "http://logs:4318/v1/logs")
        #expect(configuration.otlp?.traces.endpoint == nil)
    }

    @Test(arguments: [
        ("OTEL_METRICS_EXPORTER", "otlp", true, false), ("OTEL_METRICS_EXPORTER", "none", false, false),
        ("OTEL_METRICS_EXPORTER", "Prometheus", false, true),
        ("OTEL_METRICS_EXPORTER", "prometheus, otlp,otlp", true, true),
        ("OTEL_METRICS_EXPORTER", "statsd", true, false), ("OTEL_METRICS_EXPORTER", " ", true, false),
    ])
    func `metrics go where their exporters say`(name: String, value: String, pushes: Bool, scrapes: Bool) {
        let configuration = read(["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", name: value]).0
        #expect(configuration.otlp?.metrics.isPushed == pushes)
        #expect((configuration.scrape != nil) == scrapes)
        #expect(configuration.otlp?.traces.isPushed == true)
    }

    @Test func `spans and log records can be kept back`() {
        let (configuration, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "console",
        ])
        #expect(warnings.isEmpty)
        #expect(configuration.otlp?.traces.isPushed == false)
        #expect(configuration.otlp?.logs.isPushed == false)
        #expect(configuration.otlp?.metrics.isPushed == true)
        #expect(configuration.console == .logs)
        #expect(configuration.logsToStandardError)
    }

    @Test(arguments: [
        ("baggage", [Propagator.baggage]), ("TraceContext,baggage,tracecontext", [.traceContext, .baggage]),
        ("none", []), ("b3,baggage", [.baggage]), ("baggage,none", []),
    ])
    func `propagators are those that are named and known, each once`(text: String, propagators: [Propagator])
    {
        #expect(read(["OTEL_PROPAGATORS": text]).0.propagators == propagators)
    }

    @Test func `limits are taken over, those of spans before those of all`() {
        let (configuration, warnings) = read([
            "OTEL_ATTRIBUTE_COUNT_LIMIT": "10", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "100",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "20", "OTEL_SPAN_EVENT_COUNT_LIMIT": "3",
            "OTEL_SPAN_LINK_COUNT_LIMIT": "0", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "5",
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": "6",
            "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT": "77",
        ])
        #expect(warnings.isEmpty)
        #expect(
            configuration.spanLimits
                == SpanLimits(
                    attributes: 20, valueLength: 100, events: 3, links: 0, attributesPerEvent: 5,
                    attributesPerLink: 6))
        #expect(configuration.logLimits == SpanLimits(attributes: 10, valueLength: 77))
    }

    @Test func `batches of spans and log records are taken over, and one is never larger than the queue`() {
        let (configuration, warnings) = read([
            "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_EXPORT_TIMEOUT": "2000",
            "OTEL_BSP_MAX_QUEUE_SIZE": "256", "OTEL_BLRP_SCHEDULE_DELAY": "50",
            "OTEL_BLRP_EXPORT_TIMEOUT": "3000", "OTEL_BLRP_MAX_QUEUE_SIZE": "2048",
            "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "1024",
        ])
        #expect(warnings.isEmpty)
        #expect(
            configuration.spans
                == .init(interval: .milliseconds(100), capacity: 256, limit: 256, timeout: .seconds(2)))
        #expect(
            configuration.logs
                == .init(interval: .milliseconds(50), capacity: 2_048, limit: 1_024, timeout: .seconds(3)))
    }

    @Test func `a timeout of 0 is none, an interval of 0 the shortest, and limits of 31 bits are taken`() {
        let (configuration, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_EXPORTER_OTLP_TIMEOUT": "0",
            "OTEL_BSP_EXPORT_TIMEOUT": "0", "OTEL_BSP_SCHEDULE_DELAY": "0",
            "OTEL_METRIC_EXPORT_INTERVAL": "2147483647", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "2147483647",
        ])
        #expect(configuration.otlp?.timeout == .milliseconds(2_147_483_647))
        #expect(configuration.spans.timeout == .milliseconds(2_147_483_647))
        #expect(configuration.spans.interval == .milliseconds(1))
        #expect(configuration.metricInterval == .milliseconds(2_147_483_647))
        #expect(configuration.spanLimits.valueLength == 1_000_000)
        #expect(warnings.isEmpty)
    }

    @Test func `how metrics are pushed is taken over`() {
        let (configuration, warnings) = read([
            "OTEL_METRIC_EXPORT_TIMEOUT": "4000", "OTEL_METRICS_EXEMPLAR_FILTER": "always_off",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "LowMemory",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
        ])
        #expect(warnings.isEmpty)
        #expect(configuration.metricTimeout == .seconds(4))
        #expect(configuration.temporality == .lowMemory)
        #expect(configuration.exemplars == .alwaysOff)
        #expect(read([:]).0.exemplars == .traceBased)
        #expect(configuration.exponentialHistograms == ExponentialLimits(maxSize: 160, maxScale: 20))
    }
}
