import CoreMetrics
import Logging
import Postmeter
import PostmeterModel
import Testing
import Tracing

/// Several receivers at once.
@Suite struct TargetTests {
    private func configuration(_ targets: PostmeterConfiguration.OTLP...) -> PostmeterConfiguration {
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.shutdownTimeout = .seconds(300)
        configuration.targets = targets
        return configuration
    }

    private func problem(_ targets: PostmeterConfiguration.OTLP...) -> String? {
        var configuration = configuration()
        configuration.targets = targets
        return #expect(throws: PostmeterError.self) { try Postmeter(configuration: configuration) }?
            .description
    }

    @Test func `the first target is the one of a service that pushes to one place`() {
        var configuration = configuration()
        #expect(configuration.otlp == nil)
        configuration.otlp = .init(endpoint: "http://a")
        configuration.targets.append(.init(name: "b", endpoint: "http://b"))
        configuration.otlp?.headers = ["k": "v"]
        #expect(configuration.targets.map(\.endpoint) == ["http://a", "http://b"])
        #expect(configuration.targets[0].headers == ["k": "v"])
        configuration.otlp = nil
        #expect(configuration.targets.map(\.name) == ["b"])
    }

    @Test func `everything recorded reaches every receiver`() async throws {
        let first = try await Receiver()
        let second = try await Receiver()
        var other = second.target()
        other.name = "second"
        other.temporality = .delta
        let postmeter = try Postmeter(configuration: configuration(first.target(), other))
        Counter(label: "mails.read", factory: postmeter.metricsFactory).increment()
        postmeter.distributedTracer.withSpan("read mail") { _ in
            Logger(label: "acme") { postmeter.logHandler(label: $0) }.info("mail was read")
        }
        await postmeter.shutdown()
        for receiver in [first, second] {
            #expect(receiver.has("mails.read", on: "/v1/metrics"))
            #expect(receiver.has("read mail", on: "/v1/traces"))
            #expect(receiver.has("mail was read", on: "/v1/logs"))
            #expect(receiver.requests("/v1/traces").count == 1)
            await receiver.close()
        }
    }

    @Test func `a target that is off is pushed nothing`() async throws {
        let receiver = try await Receiver()
        var target = receiver.target()
        target.isEnabled = false
        let postmeter = try Postmeter(configuration: configuration(target))
        Counter(label: "mails.read", factory: postmeter.metricsFactory).increment()
        await postmeter.shutdown()
        #expect(receiver.requests("/v1/metrics").isEmpty)
        await receiver.close()
    }

    @Test func `a target that cannot work is named`() {
        let good = PostmeterConfiguration.OTLP(name: "a", endpoint: "http://c")
        #expect(
            problem(.init(name: "A", endpoint: "http://c"))
                == "otlp.name: 'A' is not 1 to 63 of a-z, 0-9, _ and -; rename it")
        #expect(problem(good, good) == "targets[1].name: 'a' stands twice; rename one")
        #expect(
            problem(.init(name: "console", endpoint: "http://c"))
                == "otlp.name: 'console' is the console's own name; rename it")
        #expect(
            problem(good, .init(name: "b", endpoint: "c"))?.hasPrefix("targets[1].endpoint: 'c' cannot")
                == true)
        var large = good
        large.bodyLimit = (64 << 20) + 1
        #expect(problem(large) == "otlp.bodyLimit: 67108865 is not 65536 to 67108864")
        var key = good
        key.tls.keyFile = "/k.pem"
        #expect(problem(key) == "otlp.tls.keyFile: stands without certificateFile; name both")
        key.tls = .init()
        key.traces.tls = .init(keyFile: "/k.pem")
        #expect(problem(key) == "otlp.traces.tls.keyFile: stands without certificateFile; name both")
    }
}
