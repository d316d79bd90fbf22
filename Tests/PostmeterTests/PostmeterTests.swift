import Postmeter
import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import PostmeterTransport
import Testing

@Suite struct PostmeterTests {
    private let sent = MailEvent(
        kind: .sent, provider: .resend, id: "e1", time: UnixTime(seconds: 1_700_000_000), messageID: "m1",
        recipients: ["bob@example.com"])
    private let triage = MailIdentity(
        organization: "acme", account: "support", domain: "support.acme.example", agent: "triage")

    private func configuration() -> PostmeterConfiguration {
        var configuration = PostmeterConfiguration(serviceName: "triage-service")
        configuration.traceKey = "0123456789abcdef0123456789abcdef"
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        return configuration
    }

    @Test func `a service scrapes what it recorded, without running anything`() throws {
        let postmeter = try Postmeter(configuration: configuration())
        postmeter.record(sent, of: triage)
        postmeter.metrics.family(
            InstrumentDescriptor(name: "triage.decisions", kind: .counter, labels: ["route"]),
            of: Counter.self
        ).bind("sales").add(3)
        let text = postmeter.scrape().text
        #expect(
            text.contains(
                #"email_events_total{email_organization="acme",email_account="support","#
                    + #"email_domain="support.acme.example",email_agent="triage",email_provider="resend","#
                    + #"email_event="sent""#))
        #expect(text.contains(#"triage_decisions_total{route="sales""#))
        #expect(text.contains(#"service_name="triage-service""#))
        #expect(postmeter.scrape().contentType == "text/plain; version=0.0.4; charset=utf-8")
        let openMetrics = postmeter.scrape(accept: "application/openmetrics-text; version=1.0.0")
        #expect(openMetrics.text.hasSuffix("# EOF\n"))
    }

    @Test func `the hooks of an agent are the same however they are asked for`() throws {
        let postmeter = try Postmeter(configuration: configuration())
        let agent = postmeter.agent(
            organization: "acme", account: "support", domain: "support.acme.example", agent: "triage",
            provider: .resend)
        #expect(agent === postmeter.hooks.agent(triage, provider: .resend))
    }

    @Test func `services with one trace key agree on a message's trace, and others do not`() throws {
        let one = try Postmeter(configuration: configuration()).hooks.agent(triage, provider: .resend)
        let two = try Postmeter(configuration: configuration()).hooks.agent(triage, provider: .resend)
        #expect(one.message("m1") == two.message("m1"))
        var other = configuration()
        other.traceKey = nil
        let three = try Postmeter(configuration: other).hooks.agent(triage, provider: .resend)
        #expect(three.message("m1") != one.message("m1"))
    }

    @Test func `the last export carries everything, to the configured receiver`() async throws {
        let receiver = try await Receiver()
        var configuration = configuration()
        configuration.otlp = receiver.target(headers: ["x-tenant": "7"])
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.record(sent, of: triage)
        await postmeter.shutdown()
        #expect(receiver.has("email.events", on: "/v1/metrics"))
        #expect(receiver.has("triage-service", on: "/v1/metrics"))
        #expect(receiver.has("message outbound", on: "/v1/traces"))
        #expect(receiver.has("sent resend", on: "/v1/traces"))
        #expect(!receiver.has("bob@example.com", on: "/v1/traces"))
        #expect(receiver.requests("/v1/metrics").allSatisfy { $0.headers["x-tenant"] == "7" })
        await receiver.close()
    }

    @Test func `a flush exports now and goes on`() async throws {
        let receiver = try await Receiver()
        var configuration = configuration()
        configuration.otlp = receiver.target()
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.record(sent, of: triage)
        await postmeter.flush()
        #expect(receiver.requests("/v1/metrics").count == 1)
        #expect(receiver.requests("/v1/traces").count == 1)
        await postmeter.shutdown()
        #expect(receiver.requests("/v1/metrics").count == 2)
        #expect(receiver.requests("/v1/traces").count == 1)
        await receiver.close()
    }

    @Test func `a cancelled run exports a last time and returns`() async throws {
        let receiver = try await Receiver()
        var configuration = configuration()
        configuration.otlp = receiver.target()
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.record(sent, of: triage)
        let running = Task { try await postmeter.run() }
        running.cancel()
        try await running.value
        #expect(receiver.has("email.events", on: "/v1/metrics"))
        await receiver.close()
    }

    @Test func `a shutdown ends the run, and a second one changes nothing`() async throws {
        let postmeter = try Postmeter(configuration: configuration())
        async let running: Void = postmeter.run()
        await postmeter.shutdown()
        await postmeter.shutdown()
        try await running
    }

    @Test func `scrapes are answered while it runs`() async throws {
        var configuration = configuration()
        configuration.scrape = .init(port: 0)
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.record(sent, of: triage)
        #expect(postmeter.scrapePort == nil)
        let running = Task { try await postmeter.run() }
        await yielding(until: postmeter.scrapePort != nil)
        let client = HTTPClient()
        let port = try #require(postmeter.scrapePort)
        let result = await client.send(
            HTTPClientRequest(method: .get, url: "http://127.0.0.1:\(port)/metrics"), retry: .none)
        #expect(result.response?.status == 200)
        #expect(
            result.response.map { String(decoding: $0.body, as: UTF8.self) }?.contains("email_events_total")
                == true)
        await postmeter.shutdown()
        try await running.value
        #expect(postmeter.scrapePort == nil)
        client.shutdown()
    }

    @Test func `an address that is taken ends the run with its name`() async throws {
        let receiver = try await Receiver()
        let port = try #require(Int(receiver.endpoint.split(separator: ":").last ?? ""))
        var configuration = configuration()
        configuration.scrape = .init(port: port)
        let postmeter = try Postmeter(configuration: configuration)
        let error = await #expect(throws: PostmeterError.self) { try await postmeter.run() }
        #expect(error?.description.hasPrefix("the scrape address 127.0.0.1:\(port): ") == true)
        await receiver.close()
    }

    @Test func `settings that cannot work are named`() {
        var configuration = configuration()
        configuration.otlp = .init(endpoint: "collector:4318")
        let endpoint = #expect(throws: PostmeterError.self) { try Postmeter(configuration: configuration) }
        #expect(
            endpoint?.description.hasPrefix("otlp.endpoint: 'collector:4318' cannot be pushed to") == true)
        configuration.otlp = .init(endpoint: "http://c:4318", headers: ["a b": "x"])
        let header = #expect(throws: PostmeterError.self) { try Postmeter(configuration: configuration) }
        #expect(header?.description.hasPrefix("otlp.headers: 'a b'") == true)
    }

    @Test func `disabled, it records no span, opens no port and pushes nothing`() async throws {
        let receiver = try await Receiver()
        var configuration = configuration()
        configuration.isDisabled = true
        configuration.scrape = .init(port: 0)
        configuration.otlp = receiver.target()
        let postmeter = try Postmeter(configuration: configuration)
        let isRecording = postmeter.tracer.startSpan("work").isRecording
        #expect(!isRecording)
        postmeter.record(sent, of: triage)
        async let running: Void = postmeter.run()
        await postmeter.shutdown()
        try await running
        #expect(receiver.requests("/v1/metrics").isEmpty)
        #expect(postmeter.scrapePort == nil)
        await receiver.close()
    }

    @Test func `the resource is what is configured, over what is detected`() throws {
        var configuration = configuration()
        configuration.resource = Resource([
            Attribute("service.name", "other"), Attribute("host.name", "h1"), Attribute("team", "a"),
        ])
        let resource = try Postmeter(configuration: configuration).resource
        #expect(resource["service.name"] == "triage-service")
        #expect(resource["host.name"] == "h1")
        #expect(resource["team"] == "a")
        #expect(resource["telemetry.sdk.language"] == "swift")
        #expect(resource["service.instance.id"]?.utf8.count == 36)
        configuration.serviceName = nil
        #expect(try Postmeter(configuration: configuration).resource["service.name"] == "other")
        configuration.resource = Resource([])
        let unnamed = try Postmeter(configuration: configuration).resource["service.name"]
        #expect(unnamed?.hasPrefix("unknown_service:") == true)
    }

    @Test func `bootstrapping twice keeps the first and says so`() throws {
        let heard = Warnings()
        var configuration = configuration()
        configuration.diagnostics = heard.diagnostics
        let first = try Postmeter.bootstrap(configuration)
        let second = try Postmeter.bootstrap(configuration)
        #expect(first === second)
        #expect(Postmeter.shared === first)
        #expect(heard.all == ["Postmeter was bootstrapped before: the first configuration holds"])
    }
}
