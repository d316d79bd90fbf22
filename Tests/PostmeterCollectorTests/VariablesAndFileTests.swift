import Postmeter
import PostmeterExport
import PostmeterModel
import Testing

@testable import PostmeterCollector

/// What OpenTelemetry's variables say where `postmeter.yaml` is silent.
@Suite struct VariablesAndFileTests {
    private let read = TelemetryFileTests.read

    @Test(arguments: [
        (
            ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1/base"],
            "{ endpoint: 'http://h:1/base', compression: none }"
        ),
        (
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1", "OTEL_EXPORTER_OTLP_HEADERS": "k=a%20b,x=1",
                "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            ], "{ endpoint: 'http://h:1', headers: { k: a b, x: '1' }, timeout: 2500ms }"
        ),
        (
            [
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/in",
                "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "k=v",
                "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "500",
            ],
            """
            { compression: none, traces: { endpoint: 'http://t/in', headers: { k: v }, compression: gzip, timeout: 500ms } }
            """
        ),
        (
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "https://h", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca",
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/c", "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/k",
                "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE": "/m",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "https://l",
            ],
            """
            {
              endpoint: 'https://h', compression: none,
              tls: { ca_file: /ca, cert_file: /c, key_file: /k },
              metrics: { tls: { ca_file: /m, cert_file: /c, key_file: /k } }, logs: { endpoint: 'https://l' }
            }
            """
        ),
        (
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h", "OTEL_TRACES_EXPORTER": "none",
                "OTEL_LOGS_EXPORTER": "console",
            ],
            "{ endpoint: 'http://h', compression: none, traces: { enabled: false }, logs: { enabled: false } }"
        ),
        (
            ["OTEL_METRICS_EXPORTER": "otlp"],
            "{ compression: none, metrics: { endpoint: 'http://localhost:4318/v1/metrics' } }"
        ),
    ])
    func `variables and file that say the same lead to the same target`(
        variables: [String: String], yaml: String
    ) throws {
        let said = try read("", variables)
        let written = try read("otlp: \(yaml)", [:])
        #expect(said.telemetry.targets == written.telemetry.targets)
        #expect(said.telemetry.targets.count == 1)
        #expect(said.warnings.isEmpty)
    }

    @Test func `a target in the file is not mixed with one of the variables`() throws {
        let targets = try read(
            "otlp: { endpoint: 'http://h:1' }",
            [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other",
                "OTEL_EXPORTER_OTLP_HEADERS": "authorization=secret",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://logs", "OTEL_TRACES_EXPORTER": "none",
            ]
        ).telemetry.targets
        #expect(targets == [.init(endpoint: "http://h:1", isCompressed: true)])
    }

    @Test func `times, queues and the rest are filled in key by key`() throws {
        let variables = [
            "OTEL_METRIC_EXPORT_INTERVAL": "60000", "OTEL_METRIC_EXPORT_TIMEOUT": "4000",
            "OTEL_BSP_SCHEDULE_DELAY": "5000", "OTEL_BSP_EXPORT_TIMEOUT": "30000",
            "OTEL_BSP_MAX_QUEUE_SIZE": "2048", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "256",
            "OTEL_BLRP_SCHEDULE_DELAY": "2000", "OTEL_BLRP_EXPORT_TIMEOUT": "20000",
            "OTEL_BLRP_MAX_QUEUE_SIZE": "1024", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "128",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
            "OTEL_METRICS_EXEMPLAR_FILTER": "always_on", "OTEL_METRICS_EXPORTER": "console,otlp",
            "OTEL_EXPORTER_PROMETHEUS_HOST": "::1", "OTEL_EXPORTER_PROMETHEUS_PORT": "9999",
        ]
        let silent = try read("", variables)
        #expect(silent.telemetry.metricInterval == .seconds(60))
        #expect(silent.telemetry.metricTimeout == .seconds(4))
        #expect(
            silent.telemetry.spans
                == .init(interval: .seconds(5), capacity: 2_048, limit: 256, timeout: .seconds(30)))
        #expect(
            silent.telemetry.logs
                == .init(interval: .seconds(2), capacity: 1_024, limit: 128, timeout: .seconds(20)))
        #expect(silent.telemetry.temporality == .delta)
        #expect(silent.telemetry.exponentialHistograms == ExponentialLimits())
        #expect(silent.telemetry.exemplars == .alwaysOn)
        #expect(silent.telemetry.console == .metrics)
        #expect(silent.listen.scrape == ListenAddress(host: "::1", port: 9_999))
        let file = try read(
            """
            listen: { scrape: "127.0.0.1:1" }
            otlp: { endpoint: 'http://h', interval: 7s, temporality: cumulative }
            spans: { batch: 64 }
            metrics: { exemplars: trace_based, histograms: explicit_bucket_histogram }
            console: off
            """, variables)
        #expect(file.telemetry.targets[0].metrics.interval == .seconds(7))
        #expect(file.telemetry.targets[0].temporality == .cumulative)
        #expect(file.telemetry.spans.capacity == 2_048)
        #expect(file.telemetry.spans.limit == 64)
        #expect(file.telemetry.logs == silent.telemetry.logs)
        #expect(file.telemetry.exponentialHistograms == nil)
        #expect(file.telemetry.exemplars == .traceBased)
        #expect(file.telemetry.console == [])
        #expect(file.listen.scrape == ListenAddress(host: "127.0.0.1", port: 1))
    }

    @Test func `bad variables are warned of and change nothing`() throws {
        let configuration = try read(
            "",
            [
                "OTEL_BSP_SCHEDULE_DELAY": "nonsense", "OTEL_EXPORTER_OTLP_ENDPOINT": "h:1",
                "OTEL_SERVICE_NAME": "mail", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
            ])
        #expect(
            configuration.warnings == [
                "OTEL_EXPORTER_OTLP_ENDPOINT 'h:1' is ignored: it must begin with http:// or https://",
                "OTEL_BSP_SCHEDULE_DELAY 'nonsense' is ignored: it must be milliseconds, 0 to 2147483647",
            ])
        #expect(configuration.telemetry.targets.isEmpty)
        #expect(configuration.telemetry.spans.interval == .seconds(1))
        #expect(configuration.resource["service.name"] == "mail")
        #expect(configuration.resource["deployment.environment.name"] == "test")
    }

    @Test func `the SDK that is disabled pushes nothing, whoever asks for it, and says so`() throws {
        let configuration = try read(
            "otlp: { endpoint: 'http://h:1' }\nconsole: true",
            ["OTEL_SDK_DISABLED": "TRUE", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:1"])
        #expect(try CollectorExports.targets(configuration).all.isEmpty)
        #expect(configuration.warnings == ["OTEL_SDK_DISABLED is true: nothing is pushed"])
    }

    @Test func `targets have their spools in the data folder, and the console has none`() throws {
        var configuration = try read(
            """
            otlp:
              - { name: a, endpoint: "http://h", spool: { byte_limit: 32MiB } }
              - { name: b, endpoint: "http://h", spool: off, interval: 7s, max_request_bytes: 64KiB }
            console: [logs]
            """, ["OTEL_METRIC_EXPORT_INTERVAL": "3000"])
        configuration.data = "/var/lib/postmeter"
        #expect(CollectorExports.spoolDirectory(configuration) == "/var/lib/postmeter/spool")
        let targets = try CollectorExports.targets(configuration)
        #expect(targets.pushed.map(\.name) == ["a", "b"])
        #expect(targets.pushed.map(\.spool?.byteLimit) == [32 << 20, nil])
        #expect(targets.pushed.map(\.metricInterval) == [.seconds(3), .seconds(7)])
        #expect(targets.pushed.map(\.bodyLimit) == [4 << 20, 64 << 10])
        #expect(targets.console?.name == "console")
        #expect(targets.console?.spool == nil)
        #expect(targets.console?.logs != nil)
        #expect(targets.console?.metrics == nil)
        #expect(targets.console?.transport != nil)
    }
}
