import Postmeter
import PostmeterFleet
import PostmeterModel
import PostmeterWebhooks
import Testing

@testable import PostmeterCollector

@Suite struct ConfigurationReaderTests {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    func read(_ yaml: String, fleet: String = "", environment: [String: String] = [:]) throws
        -> CollectorConfiguration
    {
        struct NoSuchFile: Error {}
        return try ConfigurationReader(environment: environment) { path in
            switch path {
            case "postmeter.yaml": yaml
            case "./fleet.yaml": fleet
            default: throw NoSuchFile()
            }
        }.read(path: "postmeter.yaml")
    }

    func problem(_ yaml: String, fleet: String = "", environment: [String: String] = [:]) -> String {
        let error = #expect(throws: ConfigurationError.self) {
            try read(yaml, fleet: fleet, environment: environment)
        }
        return error?.description ?? "no error"
    }

    var fleet: String {
        """
        organizations:
          - id: acme
            accounts:
              - id: support
                autoprovision: false
                domains:
                  - name: support.acme.example
                    agents:
                      - { id: triage, addresses: ["triage@support.acme.example"] }
        """
    }

    var endpoints: String {
        """
        endpoints:
          - { id: acme-resend, provider: resend, account: acme/support, secret: "\(secret)" }
        """
    }

    @Test func `the documented file is read whole`() throws {
        let configuration = try read(
            """
            data: /var/lib/postmeter
            listen: { ingest: "0.0.0.0:4380", admin: "[::1]:4381", scrape: "127.0.0.1:0" }
            otlp: { endpoint: "http://127.0.0.1:4318", interval: 2s }
            endpoints:
              - { id: acme-resend, provider: resend, account: acme/support, secret: "${RESEND_SECRET}" }
              - { id: acme-mail, provider: agentmail, account: acme/support, secrets: ["${RESEND_SECRET}", "\(secret)"] }
            fleet: ./fleet.yaml
            trace_key: "${TRACE_KEY}"
            """, fleet: fleet, environment: ["RESEND_SECRET": secret, "TRACE_KEY": "0123456789abcdef"])
        #expect(configuration.data == "/var/lib/postmeter")
        #expect(configuration.listen.ingest == ListenAddress(host: "0.0.0.0", port: 4380))
        #expect(configuration.listen.admin == ListenAddress(host: "::1", port: 4381))
        #expect(configuration.listen.scrape.port == 0)
        #expect(configuration.telemetry.otlp?.endpoint == "http://127.0.0.1:4318")
        #expect(configuration.telemetry.otlp?.metrics.interval == .seconds(2))
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.endpoints.map(\.id) == ["acme-resend", "acme-mail"])
        #expect(configuration.endpoints[0].secrets == [secret])
        #expect(configuration.endpoints[1].secrets.count == 2)
        #expect(configuration.traceKey == "0123456789abcdef")
        #expect(configuration.fleet.organizations[0].accounts[0].domains[0].agents[0].id == "triage")
    }

    @Test func `a fleet may stand inline`() throws {
        let inline = fleet.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        let configuration = try read("\(endpoints)\nfleet:\n\(inline)\n")
        #expect(configuration.fleet.hasAccount(AccountPath(organization: "acme", account: "support")))
    }

    @Test(arguments: [
        (
            "dta: x",
            "dta: unknown key; known here: data, listen, otlp, scrape, metrics, spans, logs, console, "
                + "endpoints, fleet, journal, watch, privacy, dead_letters, trace_key, shutdown_timeout"
        ),
        ("listen: { ingset: 'a:1' }", "listen.ingset: unknown key; known here: ingest, admin, scrape"),
        (
            "listen: { ingest: '4380' }",
            "listen.ingest: '4380' is not host:port, for example \"127.0.0.1:4380\""
        ),
        (
            "listen: { scrape: 'a:70000' }",
            "listen.scrape: 'a:70000' is not host:port, for example \"127.0.0.1:4380\""
        ),
        (
            "listen: { admin: '0.0.0.0:4381' }",
            "listen.admin: '0.0.0.0:4381' can be reached from outside, and nothing guards it: "
                + "use 127.0.0.1 or [::1], or a web_config_file that asks for a password"
        ),
        ("trace_key: short", "trace_key: is shorter than 16 bytes; make one with: openssl rand -hex 32"),
        ("data: ''", "data: is empty; name a folder"),
        (
            "journal: { byte_limit: 1GB }",
            "journal.byte_limit: '1GB' is not a size; write a whole number of bytes, or KiB, MiB, GiB"
        ),
        ("journal: { byte_limit: 1000 }", "journal.byte_limit: must be at least four times segment_bytes"),
    ])
    func `a bad setting is refused by name`(line: String, expected: String) {
        #expect(problem("\(line)\n\(endpoints)\nfleet: ./fleet.yaml\n", fleet: fleet) == expected)
    }

    @Test(arguments: [
        ("id: Bad", "endpoints[0].id: 'Bad' is not a valid id: " + FleetRules.idRule),
        (
            "provider: reesend",
            "endpoints[0].provider: 'reesend' is not a platform that is known; known: agentmail, generic, mailgun, postmark, resend, sendgrid, ses"
        ),
        ("account: acme", "endpoints[0].account: 'acme' is not organization/account"),
        ("account: acme/sales", "endpoints[0].account: 'acme/sales' is not in the fleet; add it there"),
        ("secret: ''", "endpoints[0].secret: "),
        ("secret: 'whsec_***'", "endpoints[0].secret: secret 1 is not base64"),
        ("provider: ses", "endpoints[0].secret: the platform signs with a key of its own"),
        ("secrets: ['x']", "endpoints[0].secrets: stands beside secret; keep one of them"),
        ("scret: x", "endpoints[0].scret: unknown key; known here: id, provider, account, secret, secrets"),
    ])
    func `a bad endpoint is refused by name`(change: String, expected: String) {
        var fields = [
            "id": "acme-resend", "provider": "resend", "account": "acme/support", "secret": "'\(secret)'",
        ]
        let parts = change.split(separator: ":", maxSplits: 1).map(String.init)
        fields[parts[0]] = String(parts[1].dropFirst())
        let endpoint = fields.map { "\($0): \($1)" }.joined(separator: ", ")
        let text = problem("endpoints: [{ \(endpoint) }]\nfleet: ./fleet.yaml\n", fleet: fleet)
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test func `Amazon SES has topics instead of a secret`() throws {
        func endpoint(_ more: String) -> String {
            "endpoints: [{ id: a, provider: ses, account: acme/support\(more) }]\nfleet: ./fleet.yaml\n"
        }
        let topic = "arn:aws:sns:us-west-2:123456789012:mail"
        let configuration = try read(
            endpoint(", topics: ['\(topic)'], trusted_hosts: ['localhost:4566'], agent_field: worker"),
            fleet: fleet)
        #expect(configuration.endpoints[0].secrets == [])
        #expect(configuration.endpoints[0].options.topics == [topic])
        #expect(configuration.endpoints[0].options.trustedHosts == ["localhost:4566"])
        #expect(problem(endpoint(""), fleet: fleet).hasPrefix("endpoints[0].topics: is missing"))
        #expect(
            problem(endpoint(", topics: ['\(topic)'], trusted_hosts: ['http://a']"), fleet: fleet)
                .hasPrefix("endpoints[0].trusted_hosts: item 1 is no host"))
    }

    @Test func `an unset variable is named, and no other text is touched`() throws {
        #expect(
            problem("endpoints: [{ id: a, provider: resend, account: a/b, secret: '${NOPE}' }]")
                == "endpoints[0].secret: the environment variable NOPE is not set; export it")
        let configuration = try read(
            "data: 'a$b$$c${D}e'\n\(endpoints)\nfleet: ./fleet.yaml\n", fleet: fleet,
            environment: ["D": "x: [y"])
        #expect(configuration.data == "a$b$cx: [ye")
    }

    @Test func `a problem in the fleet file names its place`() {
        let text = problem(
            "\(endpoints)\nfleet: ./fleet.yaml\n",
            fleet: fleet.replacing("id: support", with: "id: Support"))
        #expect(
            text.hasPrefix(
                "fleet: ./fleet.yaml: organizations[0].accounts[0].id: 'Support' is not a valid id"),
            "\(text)")
        #expect(
            problem("\(endpoints)\nfleet: ./fleet.yaml\n", fleet: fleet + "\n    acounts: []")
                == "fleet: ./fleet.yaml: organizations[0].acounts: unknown key; known here: id, accounts")
    }

    @Test func `a line that is no YAML is named and not shown, since a secret may stand in it`() {
        let text = problem("data: x\nendpoints:\n  - { id: a, secret: whsec_hidden: x }\n")
        #expect(text.hasPrefix("postmeter.yaml: is not YAML: line 3, column "), "\(text)")
        #expect(!text.contains("hidden"))
    }

    @Test func `the secret of traces comes from the variable that services have, unless the file names one`()
        throws
    {
        let variables = ["POSTMETER_TRACE_KEY": "0123456789abcdef"]
        let yaml = "\(endpoints)\nfleet: ./fleet.yaml\n"
        #expect(try read(yaml, fleet: fleet, environment: variables).traceKey == "0123456789abcdef")
        let own = "trace_key: fedcba9876543210\n\(yaml)"
        #expect(try read(own, fleet: fleet, environment: variables).traceKey == "fedcba9876543210")
        let short = try read(yaml, fleet: fleet, environment: ["POSTMETER_TRACE_KEY": "short"])
        #expect(short.traceKey == nil)
        #expect(
            short.warnings.contains { $0.hasPrefix("POSTMETER_TRACE_KEY is ignored: it is shorter than 16") })
    }

    @Test func `no endpoints, no file and no YAML are clear errors`() {
        #expect(problem("data: x\n").hasPrefix("endpoints: has none"))
        #expect(problem("endpoints: [}").hasPrefix("postmeter.yaml: is not YAML"))
        #expect(
            problem("\(endpoints)\nfleet: ./missing.yaml").hasPrefix("fleet: ./missing.yaml: cannot be read"))
        #expect(problem("").hasPrefix("postmeter.yaml: is empty"))
    }
}
