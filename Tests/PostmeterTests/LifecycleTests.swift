import CoreMetrics
import Instrumentation
import Logging
import Postmeter
import PostmeterModel
import PostmeterTransport
import ServiceLifecycle
import Testing
import Tracing

@Suite struct LifecycleTests {
    @Test func `a graceful shutdown exports a last time and ends the run`() async throws {
        let receiver = try await Receiver()
        var configuration = PostmeterConfiguration(serviceName: "triage-service")
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        configuration.otlp = receiver.target()
        let postmeter = try Postmeter(configuration: configuration)
        var quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        quiet.logLevel = .critical
        let group = ServiceGroup(services: [postmeter], logger: quiet)
        let running = Task { try await group.run() }
        CoreMetrics.Counter(label: "mails.read", factory: postmeter.metricsFactory).increment()
        postmeter.distributedTracer.withSpan("read") { _ in
            Logger(label: "acme.triage") { postmeter.logHandler(label: $0) }.info("mail read")
        }
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(receiver.has("mails.read", on: "/v1/metrics"))
        #expect(receiver.has("process.cpu.time", on: "/v1/metrics"))
        #expect(!receiver.has("process.resident_memory", on: "/v1/metrics"))
        #expect(receiver.has("swift-distributed-tracing", on: "/v1/traces"))
        #expect(receiver.has("mail read", on: "/v1/logs"))
        #expect(receiver.has("acme.triage", on: "/v1/logs"))
        await receiver.close()
    }

    @Test func `a forced flush exports spans without waiting for it`() async throws {
        let receiver = try await Receiver()
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        configuration.otlp = receiver.target()
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.distributedTracer.withSpan("read mail") { _ in }
        postmeter.distributedTracer.forceFlush()
        await yielding(until: !receiver.requests("/v1/traces").isEmpty)
        #expect(receiver.has("read mail", on: "/v1/traces"))
        await postmeter.shutdown()
        await receiver.close()
    }

    @Test func `signals go to their own receivers, or nowhere`() async throws {
        let all = try await Receiver()
        let own = try await Receiver()
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        configuration.otlp = all.target(headers: ["x-tenant": "7"])
        configuration.otlp?.traces.endpoint = own.endpoint + "/v1/traces"
        configuration.otlp?.traces.headers = ["x-tenant": "8"]
        configuration.otlp?.metrics.isPushed = false
        let postmeter = try Postmeter(configuration: configuration)
        postmeter.distributedTracer.withSpan("read") { _ in
            Logger(label: "acme") { postmeter.logHandler(label: $0) }.info("mail read")
        }
        await postmeter.shutdown()
        #expect(all.requests("/v1/logs").map { $0.headers["x-tenant"] } == ["7"])
        #expect(all.requests("/v1/traces").isEmpty)
        #expect(all.requests("/v1/metrics").isEmpty)
        #expect(own.requests("/v1/traces").map { $0.headers["x-tenant"] } == ["8"])
        await all.close()
        await own.close()
    }

    @Test func `a setting of a signal that cannot work is named`() {
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        configuration.otlp = .init(endpoint: "http://c:4318")
        configuration.otlp?.logs.endpoint = "c"
        let endpoint = #expect(throws: PostmeterError.self) { try Postmeter(configuration: configuration) }
        #expect(endpoint?.description.hasPrefix("otlp.logs.endpoint: ") == true)
        configuration.otlp?.logs = .init(headers: ["a b": "x"])
        let header = #expect(throws: PostmeterError.self) { try Postmeter(configuration: configuration) }
        #expect(header?.description.hasPrefix("otlp.logs.headers: 'a b'") == true)
    }

    // In a process of its own, since what is global is so once and for good.
    @Test func `bootstrapping sets the three systems up, once`() async {
        await #expect(processExitsWith: .success) {
            let heard = Warnings()
            var configuration = PostmeterConfiguration(serviceName: "triage-service")
            configuration.diagnostics = heard.diagnostics
            configuration.otlp = .init(endpoint: "http://127.0.0.1:9")
            configuration.logsToStandardError = false
            configuration.metadataProvider = Logger.MetadataProvider { ["a": "b"] }
            let postmeter = try Postmeter.bootstrap(configuration, systems: .all)
            #expect(try Postmeter.bootstrap(configuration, systems: .all) === postmeter)
            #expect(heard.all == ["Postmeter was bootstrapped before: the first configuration holds"])
            #expect(MetricsSystem.factory is SwiftMetricsFactory)
            #expect(InstrumentationSystem.instrument is DistributedTracer)
            #expect(InstrumentationSystem.tracer is DistributedTracer)
            #expect(Logger(label: "acme").handler is SwiftLogHandler)
            #expect(LoggingSystem.metadataProvider?.get() == ["a": "b"])
            Counter(label: "mails.read").increment(by: 3)
            #expect(
                Scraped.samples(postmeter.scrape().text, of: "mails_read_total") == ["mails_read_total 3"])
            Logger(label: "acme").info("mail read")
            #expect(try DrainedLog.drain(postmeter.logs).first?.attributes["a"] == "b")
        }
    }

    @Test func `a system that has a backend keeps it`() async {
        await #expect(processExitsWith: .success) {
            let heard = Warnings()
            MetricsSystem.bootstrap(MultiplexMetricsHandler(factories: []))
            InstrumentationSystem.bootstrap(MultiplexInstrument([]))
            LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
            var configuration = PostmeterConfiguration()
            configuration.diagnostics = heard.diagnostics
            try Postmeter.bootstrap(configuration, systems: .all)
            #expect(
                heard.all == [
                    "MetricsSystem has a backend already, which it keeps",
                    "InstrumentationSystem has a backend already, which it keeps",
                    "LoggingSystem has a backend already, which it keeps",
                ])
        }
    }
}
