import Logging
import Postmeter
import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import Testing

@testable import PostmeterCollector

/// What `postmeter.yaml` says of the collector's own telemetry.
@Suite struct TelemetryFileTests {
    /// A file with these lines and as little else as there has to be.
    static func read(_ lines: String, environment: [String: String] = [:]) throws -> CollectorConfiguration {
        let rest = """
            fleet: { organizations: [{ id: acme, accounts: [{ id: support }] }] }
            endpoints:
              - { id: a, provider: resend, account: acme/support, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }
            """
        return try ConfigurationReader(environment: environment) { _ in lines + "\n" + rest }
            .read(path: "postmeter.yaml")
    }

    func problem(_ lines: String) -> String {
        let error = #expect(throws: ConfigurationError.self) { try Self.read(lines) }
        return error?.description ?? "no error"
    }

    @Test func `a target says everything there is to say`() throws {
        let targets = try Self.read(
            """
            otlp:
              - name: grafana
                endpoint: https://otlp.example/base
                headers: { authorization: "Bearer x" }
                compression: none
                timeout: 5s
                tls: { ca_file: /ca.pem, cert_file: /c.pem, key_file: /k.pem }
                metrics:
                  endpoint: https://metrics.example/in
                  headers: { x-scope: "7" }
                  compression: gzip
                  timeout: 2s
                  tls: { ca_file: /m.pem }
                logs: { enabled: false }
                interval: 15s
                span_interval: 2s
                log_interval: 3s
                metric_timeout: 20s
                span_timeout: 30s
                log_timeout: 40s
                temporality: Delta
                max_request_bytes: 1MiB
                spool: { byte_limit: 256MiB, age_limit: 2d }
              - { name: second_one, endpoint: "http://127.0.0.1:4318", enabled: false, spool: off }
            """
        ).telemetry.targets
        var first = PostmeterConfiguration.OTLP(
            name: "grafana", endpoint: "https://otlp.example/base",
            headers: ["authorization": "Bearer x"], timeout: .seconds(5))
        first.tls = .init(authorityFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem")
        first.metrics = .init(
            endpoint: "https://metrics.example/in", headers: ["x-scope": "7"], isCompressed: true,
            timeout: .seconds(2))
        first.metrics.tls = .init(authorityFile: "/m.pem")
        first.metrics.interval = .seconds(15)
        first.metrics.deadline = .seconds(20)
        first.traces.interval = .seconds(2)
        first.traces.deadline = .seconds(30)
        first.logs.isPushed = false
        first.logs.interval = .seconds(3)
        first.logs.deadline = .seconds(40)
        first.temporality = .delta
        first.bodyLimit = 1 << 20
        first.spool = .init(byteLimit: 256 << 20, ageLimit: .seconds(2 * 86_400))
        var second = PostmeterConfiguration.OTLP(
            name: "second_one", endpoint: "http://127.0.0.1:4318", isCompressed: true)
        second.isEnabled = false
        second.spool = nil
        #expect(targets == [first, second])
    }

    @Test func `one target may stand alone and unnamed, as a mapping or in a list`() throws {
        let expected = PostmeterConfiguration.OTLP(endpoint: "http://h:1", isCompressed: true)
        #expect(try Self.read("otlp: { endpoint: 'http://h:1' }").telemetry.targets == [expected])
        #expect(try Self.read("otlp: [{ endpoint: 'http://h:1' }]").telemetry.targets == [expected])
        #expect(try Self.read("otlp: []").telemetry.targets == [])
        let logs = try Self.read("otlp: { logs: { endpoint: 'http://h:1/v1/logs' } }").telemetry.targets[0]
        #expect(logs.pushesAnything)
        #expect(!logs.pushes(logs.metrics))
        for word in ["off", "false", "no"] {
            let target = try Self.read("otlp: { endpoint: 'http://h:1', spool: \(word) }").telemetry.targets[
                0]
            #expect(target.spool == nil)
        }
        #expect(try Self.read("otlp: { endpoint: 'http://h:1', spool: on }").telemetry.targets == [expected])
    }

    @Test(arguments: [
        ("interval: 10s", "otlp.endpoint: is missing; leave out otlp to push nothing"),
        (
            "endpoint: 'localhost:4318'",
            "otlp.endpoint: 'localhost:4318' is not a URL such as http://127.0.0.1:4318: "
                + "it must begin with http:// or https://"
        ),
        (
            "endpoint: 'ftp://user:password@h?key=1'",
            "otlp.endpoint: 'ftp://***@h?***' is not a URL such as http://127.0.0.1:4318: "
                + "it must begin with http:// or https://"
        ),
        (
            "logs: { endpoint: h }",
            "otlp.logs.endpoint: 'h' is not a URL such as http://127.0.0.1:4318: "
                + "it must begin with http:// or https://"
        ),
        (
            "traces: { timeout: 1s }",
            "otlp.traces.endpoint: is missing, and so is otlp.endpoint; add one"
        ),
        (
            "endpiont: x",
            "otlp.endpiont: unknown key; known here: name, endpoint, headers, compression, timeout, tls, "
                + "enabled, metrics, traces, logs, interval, span_interval, log_interval, metric_timeout, "
                + "span_timeout, log_timeout, temporality, max_request_bytes, spool"
        ),
        (
            "metrics: { interval: 1s }",
            "otlp.metrics.interval: unknown key; known here: endpoint, headers, compression, timeout, tls, enabled"
        ),
        (
            "endpoint: 'http://h', interval: ten",
            "otlp.interval: 'ten' is not a time; write a whole number with ms, s, m, h or d"
        ),
        ("endpoint: 'http://h', interval: 1ms", "otlp.interval: must be at least 100ms"),
        ("endpoint: 'http://h', span_interval: 0s", "otlp.span_interval: must be at least 100ms"),
        ("endpoint: 'http://h', log_interval: 99ms", "otlp.log_interval: must be at least 100ms"),
        ("endpoint: 'http://h', metric_timeout: 1ms", "otlp.metric_timeout: must be at least 100ms"),
        ("endpoint: 'http://h', span_timeout: 1ms", "otlp.span_timeout: must be at least 100ms"),
        ("endpoint: 'http://h', log_timeout: 1ms", "otlp.log_timeout: must be at least 100ms"),
        ("endpoint: 'http://h', timeout: 10ms", "otlp.timeout: must be at least 100ms"),
        ("endpoint: 'http://h', logs: { timeout: 10ms }", "otlp.logs.timeout: must be at least 100ms"),
        ("endpoint: 'http://h', compression: zip", "otlp.compression: 'zip' is none of gzip, none"),
        (
            "endpoint: 'http://h', metrics: { compression: zip }",
            "otlp.metrics.compression: 'zip' is none of gzip, none"
        ),
        (
            "endpoint: 'http://h', temporality: sums",
            "otlp.temporality: 'sums' is none of cumulative, delta, lowmemory"
        ),
        (
            "endpoint: 'http://h', max_request_bytes: 1KiB",
            "otlp.max_request_bytes: must be from 64KiB to 64MiB"
        ),
        (
            "endpoint: 'http://h', max_request_bytes: 4MB",
            "otlp.max_request_bytes: '4MB' is not a size; write a whole number of bytes, or KiB, MiB, GiB"
        ),
        (
            "endpoint: 'http://h', tls: { key_file: /k }",
            "otlp.tls.cert_file: is missing beside key_file; name the client's certificate"
        ),
        (
            "endpoint: 'http://h', tls: { ca_file: '' }",
            "otlp.tls.ca_file: is empty; name a file of PEM or leave it out"
        ),
        (
            "endpoint: 'http://h', tls: { ca: /x }",
            "otlp.tls.ca: unknown key; known here: ca_file, cert_file, key_file"
        ),
        (
            "endpoint: 'http://h', headers: { 'a b': x }",
            "otlp.headers: 'a b' is not a name of a header; use letters, digits and -"
        ),
        (
            "endpoint: 'http://h', traces: { headers: { k: \"a\\nb\" } }",
            "otlp.traces.headers.k: has a control character; remove it"
        ),
        ("endpoint: 'http://h', name: A", "otlp.name: 'A' is not 1 to 63 of a-z, 0-9, _ and -; rename it"),
        ("endpoint: 'http://h', name: console", "otlp.name: 'console' is the console's own name; rename it"),
        (
            "endpoint: 'http://h', spool: some",
            "otlp.spool: 'some' is neither true nor false, nor off, or a mapping of byte_limit and age_limit"
        ),
        (
            "endpoint: 'http://h', spool: { byte_limit: 1MiB }",
            "otlp.spool.byte_limit: must be at least 16MiB"
        ),
        ("endpoint: 'http://h', spool: { age_limit: 1s }", "otlp.spool.age_limit: must be at least 1m"),
        (
            "endpoint: 'http://h', spool: { size: 1 }",
            "otlp.spool.size: unknown key; known here: byte_limit, age_limit"
        ),
    ])
    func `a bad setting of a target is refused by name`(settings: String, expected: String) {
        #expect(problem("otlp: { \(settings) }") == expected)
    }

    @Test(arguments: [
        (
            "[{ endpoint: 'http://h' }, { name: b, endpoint: 'http://h' }]",
            "otlp[0].name: is missing; of several targets each needs one"
        ),
        (
            "[{ name: b, endpoint: 'http://h' }, { name: b, endpoint: 'http://h' }]",
            "otlp[1].name: 'b' stands twice; rename one"
        ),
        (
            "[{ name: a, endpoint: 'http://h' }, { name: b, endpoint: 'http://h', logs: { timeout: 1ms } }]",
            "otlp[1].logs.timeout: must be at least 100ms"
        ),
    ])
    func `of several targets the bad one is named by its place`(list: String, expected: String) {
        #expect(problem("otlp: \(list)") == expected)
    }

    @Test func `scrapes, metrics, spans, logs and the console are taken over`() throws {
        let configuration = try Self.read(
            """
            scrape: { name_translation: notranslation, created: true, scope_labels: false, gzip: false }
            metrics: { exemplars: always_off, histograms: base2_exponential_bucket_histogram }
            spans: { queue: 2048, batch: 64 }
            logs: { events: all, level: debug, console: false, queue: 100 }
            console: [metrics, logs]
            listen:
              scrape: { address: "0.0.0.0:9464", web_config_file: /etc/web.yml }
              admin: { web_config_file: /etc/admin.yml }
            """)
        #expect(
            configuration.telemetry.exposition
                == .init(
                    translation: .noTranslation, includesCreated: true, scopeLabels: false,
                    isCompressed: false))
        #expect(configuration.telemetry.exemplars == .alwaysOff)
        #expect(configuration.telemetry.exponentialHistograms == ExponentialLimits())
        #expect(configuration.telemetry.spans == .init(interval: .seconds(1), capacity: 2_048, limit: 64))
        #expect(configuration.telemetry.logs == .init(interval: .seconds(1), capacity: 100, limit: 100))
        #expect(configuration.events == .all)
        #expect(configuration.telemetry.logLevel == .debug)
        #expect(!configuration.telemetry.logsToStandardError)
        #expect(configuration.telemetry.console == [.metrics, .logs])
        #expect(configuration.listen.scrape == ListenAddress(host: "0.0.0.0", port: 9_464))
        #expect(configuration.listen.webConfigFiles.scrape == "/etc/web.yml")
        #expect(configuration.listen.admin == ListenAddress(host: "127.0.0.1", port: 4_381))
        #expect(configuration.listen.webConfigFiles.admin == "/etc/admin.yml")
        #expect(configuration.listen.webConfigFiles.ingest == nil)
        #expect(try Self.read("console: true").telemetry.console == .all)
        #expect(try Self.read("console: off").telemetry.console == [])
        #expect(try Self.read("logs: { events: off }").events == .off)
    }

    @Test func `what is silent has its defaults`() throws {
        let configuration = try Self.read("")
        #expect(configuration.telemetry.targets.isEmpty)
        #expect(configuration.telemetry.metricInterval == .seconds(10))
        #expect(configuration.telemetry.spans == .init(interval: .seconds(1), capacity: 16_384))
        #expect(configuration.telemetry.logs == .init(interval: .seconds(1), capacity: 16_384))
        #expect(configuration.telemetry.exposition == .init())
        #expect(configuration.telemetry.console == [])
        #expect(configuration.telemetry.logLevel == .info)
        #expect(configuration.telemetry.logsToStandardError)
        #expect(configuration.events == .failures)
        #expect(configuration.listen == .init())
    }

    @Test(arguments: [
        (
            "scrape: { name_translation: dots }",
            "scrape.name_translation: 'dots' is none of UnderscoreEscapingWithSuffixes, "
                + "UnderscoreEscapingWithoutSuffixes, NoUTF8EscapingWithSuffixes, NoTranslation"
        ),
        (
            "scrape: { strategy: x }",
            "scrape.strategy: unknown key; known here: name_translation, created, scope_labels, gzip"
        ),
        (
            "metrics: { exemplars: on }",
            "metrics.exemplars: 'on' is none of trace_based, always_on, always_off"
        ),
        (
            "metrics: { histograms: x }",
            "metrics.histograms: 'x' is none of explicit_bucket_histogram, base2_exponential_bucket_histogram"
        ),
        ("metrics: { x: 1 }", "metrics.x: unknown key; known here: exemplars, histograms"),
        ("spans: { queue: 0 }", "spans.queue: must be from 1 to 1048576"),
        ("spans: { queue: 8, batch: 9 }", "spans.batch: must be from 1 to the queue's 8"),
        ("spans: { x: 1 }", "spans.x: unknown key; known here: queue, batch"),
        ("logs: { queue: 1048577 }", "logs.queue: must be from 1 to 1048576"),
        ("logs: { events: some }", "logs.events: 'some' is none of all, failures, off"),
        (
            "logs: { level: loud }",
            "logs.level: 'loud' is none of trace, debug, info, notice, warning, error, critical"
        ),
        ("logs: { x: 1 }", "logs.x: unknown key; known here: events, level, console, queue, batch"),
        ("console: [metrics, spans]", "console[1]: 'spans' is none of metrics, traces, logs"),
        (
            "console: metrics",
            "console: 'metrics' is neither true nor false, nor a list of metrics, traces, logs"
        ),
        (
            "listen: { scrape: { adress: 'a:1' } }",
            "listen.scrape.adress: unknown key; known here: address, web_config_file"
        ),
        (
            "listen: { scrape: { address: 'a' } }",
            "listen.scrape.address: 'a' is not host:port, for example \"127.0.0.1:4380\""
        ),
        (
            "listen: { ingest: { web_config_file: '' } }",
            "listen.ingest.web_config_file: is empty; name a file or leave it out"
        ),
    ])
    func `a bad setting is refused by name`(line: String, expected: String) {
        #expect(problem(line) == expected)
    }

    @Test func `an admin listener for others takes a file that guards it`() throws {
        let lines = "listen: { admin: { address: '0.0.0.0:1', web_config_file: /etc/admin.yml } }"
        #expect(try Self.read(lines).listen.admin.port == 1)
    }

    @Test func `the summary names targets and headers, and no secret`() throws {
        let summary = try Self.read(
            """
            otlp:
              - name: a
                endpoint: "https://user:password@h/base?key=1"
                headers: { authorization: "Bearer hidden" }
                logs: { enabled: false }
              - { name: b, logs: { endpoint: "http://l/v1/logs" } }
              - { name: c, endpoint: "http://off", enabled: false }
            """
        ).summary
        #expect(
            summary.hasSuffix(
                "pushes to a (metrics, traces) at https://***@h/base?*** with authorization; "
                    + "b (logs) logs to http://l/v1/logs"), "\(summary)")
        #expect(try Self.read("").summary.hasSuffix(", no push"))
    }

    @Test func `files that cannot be read are warned of, where they are used`() throws {
        let configuration = try Self.read(
            """
            otlp:
              - { name: a, endpoint: "http://h", tls: { ca_file: /ca, cert_file: /c, key_file: /k } }
              - { name: b, endpoint: "http://h", logs: { tls: { ca_file: /logs } } }
              - { name: c, endpoint: "http://h", enabled: false, tls: { ca_file: /off } }
            """)
        #expect(
            configuration.warnings { $0 != "/c" } == [
                "otlp (a): '/ca' cannot be read; nothing is pushed there until it can",
                "otlp (a): '/k' cannot be read; nothing is pushed there until it can",
                "otlp (b, logs): '/logs' cannot be read; nothing is pushed there until it can",
            ])
    }
}
