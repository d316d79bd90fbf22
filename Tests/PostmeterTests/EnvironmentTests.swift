import Postmeter
import PostmeterMail
import PostmeterModel
import PostmeterTracing
import Synchronization
import Testing

@Suite struct EnvironmentTests {
    /// What a set of variables is read as, and what is warned of on the way.
    private func read(_ variables: [String: String]) -> (PostmeterConfiguration, [String]) {
        let heard = Warnings()
        let configuration = PostmeterConfiguration.fromEnvironment(variables, diagnostics: heard.diagnostics)
        return (configuration, heard.all)
    }

    @Test func `without variables nothing is pushed, no port is open and all traces are recorded`() {
        let (configuration, warnings) = read([:])
        #expect(configuration.otlp == nil)
        #expect(configuration.scrape == nil)
        #expect(configuration.sampler == .parentBased(root: .alwaysOn))
        #expect(configuration.metricInterval == .seconds(60))
        #expect(configuration.spans.interval == .seconds(5))
        #expect(configuration.serviceName == nil)
        #expect(!configuration.isDisabled)
        #expect(warnings.isEmpty)
    }

    @Test func `empty variables are unset`() {
        let suffixes = [
            "ENDPOINT", "HEADERS", "COMPRESSION", "TIMEOUT", "PROTOCOL", "CERTIFICATE", "CLIENT_KEY",
            "CLIENT_CERTIFICATE",
        ]
        var names = ["", "METRICS_", "TRACES_", "LOGS_"].flatMap { signal in
            suffixes.map { "OTEL_EXPORTER_OTLP_" + signal + $0 }
        }
        names += ["BSP", "BLRP"].flatMap { processor in
            ["SCHEDULE_DELAY", "EXPORT_TIMEOUT", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE"].map {
                "OTEL_\(processor)_\($0)"
            }
        }
        names += [
            "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_TRACES_EXPORTER",
            "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRIC_EXPORT_INTERVAL",
            "OTEL_METRIC_EXPORT_TIMEOUT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
            "OTEL_METRICS_EXEMPLAR_FILTER", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "OTEL_EXPORTER_PROMETHEUS_HOST",
            "OTEL_EXPORTER_PROMETHEUS_PORT", "OTEL_CONFIG_FILE", "OTEL_LOG_LEVEL", "OTEL_PROPAGATORS",
            "POSTMETER_TRACE_KEY",
        ]
        let (configuration, warnings) = read(Dictionary(uniqueKeysWithValues: names.map { ($0, " ") }))
        #expect(configuration.targets.isEmpty)
        #expect(configuration.scrape == nil)
        #expect(configuration.console == [])
        #expect(configuration.spans == .init(interval: .seconds(5), capacity: 8_192))
        #expect(configuration.logs == .init(interval: .seconds(1), capacity: 4_096))
        #expect(configuration.serviceName == nil)
        #expect(configuration.traceKey == nil)
        #expect(warnings.isEmpty)
    }

    @Test func `what is said of the service, the receiver and the scrape port is taken over`() {
        let (configuration, warnings) = read([
            "OTEL_SERVICE_NAME": "triage",
            "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=prod, team=a%2Cb",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/base/",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20x,x-tenant=7",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "GZIP", "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
            "OTEL_METRIC_EXPORT_INTERVAL": "15000", "OTEL_BSP_SCHEDULE_DELAY": "750",
            "OTEL_TRACES_SAMPLER": "ParentBased_TraceIDRatio", "OTEL_TRACES_SAMPLER_ARG": "0.25",
            "OTEL_METRICS_EXPORTER": "otlp,prometheus", "OTEL_EXPORTER_PROMETHEUS_HOST": "0.0.0.0",
            "OTEL_EXPORTER_PROMETHEUS_PORT": "9500", "POSTMETER_TRACE_KEY": "0123456789abcdef",
        ])
        #expect(warnings.isEmpty)
        #expect(configuration.serviceName == "triage")
        #expect(
            configuration.resource.attributes == [
                Attribute("deployment.environment.name", "prod"), Attribute("team", "a,b"),
            ])
        #expect(
            configuration.otlp
                == .init(
                    endpoint: "http://collector:4318/base/",
                    headers: ["authorization": "Bearer x", "x-tenant": "7"], isCompressed: true,
                    timeout: .milliseconds(2_500)))
        #expect(configuration.metricInterval == .seconds(15))
        #expect(configuration.spans.interval == .milliseconds(750))
        #expect(configuration.sampler == .parentBased(root: .traceIDRatio(0.25)))
        #expect(configuration.scrape == .init(host: "0.0.0.0", port: 9_500))
        #expect(configuration.traceKey == "0123456789abcdef")
    }

    @Test(arguments: [
        ("OTEL_SDK_DISABLED", "yes", "OTEL_SDK_DISABLED 'yes' is ignored: it must be true or false"),
        (
            "OTEL_METRIC_EXPORT_INTERVAL", "-5",
            "OTEL_METRIC_EXPORT_INTERVAL '-5' is ignored: it must be milliseconds, 0 to 2147483647"
        ),
        (
            "OTEL_TRACES_SAMPLER_ARG", "nan",
            "OTEL_TRACES_SAMPLER_ARG 'nan' is ignored: it must be a number from 0 to 1"
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318",
            "OTEL_EXPORTER_OTLP_ENDPOINT 'collector:4318' is ignored: it must begin with http:// or https://"
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "collector",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT 'collector' is ignored: it must begin with http:// or https://"
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
            "OTEL_EXPORTER_OTLP_PROTOCOL 'grpc' is ignored: it must be one of http/protobuf"
        ),
        (
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/json",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL 'http/json' is ignored: it must be one of http/protobuf"
        ),
        (
            "OTEL_EXPORTER_OTLP_COMPRESSION", "zstd",
            "OTEL_EXPORTER_OTLP_COMPRESSION 'zstd' is ignored: it must be one of gzip, none"
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "10s",
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT '10s' is ignored: it must be milliseconds, 0 to 2147483647"
        ),
        (
            "OTEL_EXPORTER_OTLP_CLIENT_KEY", "/k.pem",
            "OTEL_EXPORTER_OTLP_CLIENT_KEY '/k.pem' is ignored: "
                + "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is not set beside it"
        ),
        (
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "exponential",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION 'exponential' is ignored: "
                + "it must be one of explicit_bucket_histogram, base2_exponential_bucket_histogram"
        ),
        (
            "OTEL_METRIC_EXPORT_TIMEOUT", "-1",
            "OTEL_METRIC_EXPORT_TIMEOUT '-1' is ignored: it must be milliseconds, 0 to 2147483647"
        ),
        (
            "OTEL_BSP_SCHEDULE_DELAY", "1e3",
            "OTEL_BSP_SCHEDULE_DELAY '1e3' is ignored: it must be milliseconds, 0 to 2147483647"
        ),
        (
            "OTEL_BLRP_EXPORT_TIMEOUT", "2147483648",
            "OTEL_BLRP_EXPORT_TIMEOUT '2147483648' is ignored: it must be milliseconds, 0 to 2147483647"
        ),
        (
            "OTEL_BLRP_MAX_QUEUE_SIZE", "0",
            "OTEL_BLRP_MAX_QUEUE_SIZE '0' is ignored: it must be 1 to 1048576"
        ),
        (
            "OTEL_METRICS_EXEMPLAR_FILTER", "on",
            "OTEL_METRICS_EXEMPLAR_FILTER 'on' is ignored: "
                + "it must be one of always_on, always_off, trace_based"
        ),
        (
            "OTEL_TRACES_EXPORTER", "zipkin",
            "OTEL_TRACES_EXPORTER 'zipkin' is ignored: it must be one of otlp, console, none"
        ),
        (
            "OTEL_LOGS_EXPORTER", "prometheus",
            "OTEL_LOGS_EXPORTER 'prometheus' is ignored: it must be one of otlp, console, none"
        ),
        (
            "OTEL_LOG_LEVEL", "loud",
            "OTEL_LOG_LEVEL 'loud' is ignored: it must be one of trace, debug, info, warn, warning, error, "
                + "critical, fatal, none"
        ),
        (
            "OTEL_CONFIG_FILE", "/otel.yaml",
            "OTEL_CONFIG_FILE '/otel.yaml' is ignored: configuration files are not read; the variables hold"
        ),
        (
            "OTEL_PROPAGATORS", "b3",
            "OTEL_PROPAGATORS 'b3' is ignored: it must be one of tracecontext, baggage, none"
        ),
        (
            "OTEL_SPAN_EVENT_COUNT_LIMIT", "-1",
            "OTEL_SPAN_EVENT_COUNT_LIMIT '-1' is ignored: it must be 0 to 2147483647"
        ),
        (
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8193",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE '8193' is ignored: it must be 1 to 8192"
        ),
        (
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "low",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE 'low' is ignored: "
                + "it must be one of cumulative, delta, lowmemory"
        ),
        (
            "OTEL_RESOURCE_ATTRIBUTES", "a=1,b",
            "OTEL_RESOURCE_ATTRIBUTES is ignored: it must be key=value,key=value, percent-encoded"
        ),
        (
            "OTEL_METRICS_EXPORTER", "statsd",
            "OTEL_METRICS_EXPORTER 'statsd' is ignored: it must be one of otlp, console, prometheus, none"
        ),
    ])
    func `a bad value is warned of and ignored`(name: String, value: String, warning: String) {
        let (configuration, warnings) = read([name: value])
        #expect(warnings == [warning])
        #expect(configuration.otlp == nil)
        #expect(configuration.resource.attributes.isEmpty)
        #expect(configuration.metricInterval == .seconds(60))
        #expect(configuration.scrape == nil)
        #expect(configuration.propagators == [.traceContext, .baggage])
        #expect(configuration.spanLimits == .standard)
        #expect(configuration.spans == .init(interval: .seconds(5), capacity: 8_192))
        #expect(configuration.logs == .init(interval: .seconds(1), capacity: 4_096))
        #expect(configuration.temporality == .cumulative)
        #expect(configuration.exponentialHistograms == nil)
        #expect(configuration.exemplars == .traceBased)
        #expect(configuration.metricTimeout == nil)
        #expect(configuration.console == [])
        #expect(!configuration.isDisabled)
    }

    @Test(arguments: ["authorization=a%0d%0ab", "bad name=x", "=x"])
    func `a header that could break a request is refused, and its value is not shown`(headers: String) {
        let (configuration, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_EXPORTER_OTLP_HEADERS": headers,
        ])
        #expect(configuration.otlp?.headers == [:])
        #expect(
            warnings == [
                "OTEL_EXPORTER_OTLP_HEADERS is ignored: it must be key=value,key=value, percent-encoded"
            ])
    }

    @Test func `true in any case disables`() {
        #expect(read(["OTEL_SDK_DISABLED": "TRUE"]).0.isDisabled)
        #expect(!read(["OTEL_SDK_DISABLED": "false"]).0.isDisabled)
    }
}
