import Postmeter
import PostmeterModel
import Testing

/// The variables that say which exporters there are, and with which files.
@Suite struct ExporterVariableTests {
    /// What a set of variables is read as, and what is warned of on the way.
    private func read(_ variables: [String: String]) -> (PostmeterConfiguration, [String]) {
        let heard = Warnings()
        let configuration = PostmeterConfiguration.fromEnvironment(variables, diagnostics: heard.diagnostics)
        return (configuration, heard.all)
    }

    @Test func `an exporter that is asked for pushes to OpenTelemetry's default endpoint, alone`() {
        let (traces, warnings) = read(["OTEL_TRACES_EXPORTER": "otlp"])
        #expect(warnings.isEmpty)
        #expect(traces.otlp?.endpoint == nil)
        #expect(traces.otlp?.traces.endpoint == "http://localhost:4318/v1/traces")
        #expect(traces.otlp?.metrics.endpoint == nil)
        #expect(traces.otlp?.logs.endpoint == nil)
        let metrics = read(["OTEL_METRICS_EXPORTER": "prometheus,otlp", "OTEL_LOGS_EXPORTER": "otlp"]).0
        #expect(metrics.otlp?.metrics.endpoint == "http://localhost:4318/v1/metrics")
        #expect(metrics.otlp?.logs.endpoint == "http://localhost:4318/v1/logs")
        #expect(metrics.otlp?.traces.endpoint == nil)
    }

    @Test func `an endpoint that is set goes before the default one`() {
        let all = read(["OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"]).0
        #expect(all.otlp == .init(endpoint: "http://c:1"))
        let own = read([
            "OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:1/in",
        ]).0
        #expect(own.otlp?.traces.endpoint == "http://c:1/in")
        // What cannot be used counts as unset.
        let (bad, warnings) = read([
            "OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "c:1",
        ])
        #expect(bad.otlp?.traces.endpoint == "http://localhost:4318/v1/traces")
        #expect(warnings.count == 1)
    }

    @Test func `none pushes nothing, and beside another it is warned of`() {
        let (none, warnings) = read([
            "OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "NONE", "OTEL_LOGS_EXPORTER": "none",
        ])
        #expect(none.targets.isEmpty)
        #expect(warnings.isEmpty)
        let (both, heard) = read(["OTEL_TRACES_EXPORTER": "none,otlp"])
        #expect(both.otlp?.traces.isPushed == true)
        #expect(heard == ["OTEL_TRACES_EXPORTER 'none' is ignored: it stands beside others"])
    }

    @Test
    func `the console shows the signals that ask for it, and they are pushed only if they ask for that`() {
        let (console, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1", "OTEL_TRACES_EXPORTER": "console",
            "OTEL_METRICS_EXPORTER": "otlp,Console,prometheus",
        ])
        #expect(warnings.isEmpty)
        #expect(console.console == [.traces, .metrics])
        #expect(console.otlp?.traces.isPushed == false)
        #expect(console.otlp?.metrics.isPushed == true)
        #expect(console.otlp?.logs.isPushed == true)
        #expect(console.scrape == .init())
    }

    @Test func `the scrape port is opened by its exporter alone`() {
        let address = ["OTEL_EXPORTER_PROMETHEUS_HOST": "0.0.0.0", "OTEL_EXPORTER_PROMETHEUS_PORT": "1"]
        #expect(read(address).0.scrape == nil)
        let open = address.merging(["OTEL_METRICS_EXPORTER": "prometheus"]) { $1 }
        #expect(read(open).0.scrape == .init(host: "0.0.0.0", port: 1))
        #expect(read(open).0.targets.isEmpty)
        let (bad, warnings) = read([
            "OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_PROMETHEUS_PORT": "65536",
        ])
        #expect(bad.scrape == .init(host: "127.0.0.1", port: 9_464))
        #expect(warnings == ["OTEL_EXPORTER_PROMETHEUS_PORT '65536' is ignored: it must be 0 to 65535"])
    }

    @Test func `files of TLS are taken over, those of a signal one by one before those of all`() {
        let (configuration, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c", "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem",
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/c.pem", "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/k.pem",
            "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE": "/traces.pem",
            "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE": "/logs.pem",
            "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY": "/logs.key",
        ])
        #expect(warnings.isEmpty)
        #expect(
            configuration.otlp?.tls
                == .init(authorityFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem"))
        #expect(configuration.otlp?.metrics.tls == nil)
        #expect(
            configuration.otlp?.traces.tls
                == .init(authorityFile: "/traces.pem", certificateFile: "/c.pem", keyFile: "/k.pem"))
        #expect(
            configuration.otlp?.logs.tls
                == .init(authorityFile: "/ca.pem", certificateFile: "/logs.pem", keyFile: "/logs.key"))
    }

    @Test func `a certificate without a key is used, with a warning, and a key without a certificate is not`()
    {
        let (certificate, warnings) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/c.pem",
        ])
        #expect(certificate.otlp?.tls == .init(certificateFile: "/c.pem"))
        #expect(
            warnings == [
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE '/c.pem' must hold its key too, "
                    + "since OTEL_EXPORTER_OTLP_CLIENT_KEY is not set"
            ])
        let (key, heard) = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c", "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY": "/k.pem",
        ])
        #expect(key.otlp?.logs.tls == .init())
        #expect(
            heard == [
                "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY '/k.pem' is ignored: "
                    + "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE is not set beside it"
            ])
    }

    @Test func `a log level above warnings silences the telemetry itself`() {
        for level in ["error", "FATAL", "critical", "none"] {
            #expect(read(["OTEL_LOG_LEVEL": level]).1.isEmpty)
        }
        let (_, warnings) = read(["OTEL_LOG_LEVEL": "error", "OTEL_METRIC_EXPORT_INTERVAL": "x"])
        // Whoever listens by itself hears everything.
        #expect(warnings.count == 1)
    }
}
