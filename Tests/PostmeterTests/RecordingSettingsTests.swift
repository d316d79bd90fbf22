import CoreMetrics
import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import Testing
import Tracing

@testable import Postmeter

@Suite struct RecordingSettingsTests {
    private func make(_ change: (inout PostmeterConfiguration) -> Void) throws -> Postmeter {
        var configuration = PostmeterConfiguration()
        configuration.diagnostics = .silent
        configuration.recordsProcess = false
        change(&configuration)
        return try Postmeter(configuration: configuration)
    }

    private func family(_ name: String, of postmeter: Postmeter) throws -> FamilySnapshot {
        try #require(
            postmeter.metrics.snapshot(audience: .everyone).families.first { $0.descriptor.name == name })
    }

    @Test func `views hold for what swift-metrics makes`() throws {
        let postmeter = try make {
            $0.views = [
                MetricView("mails.*", droppedLabels: ["user"]), MetricView("noise", isDropped: true),
                MetricView("work", bounds: [1, 2]),
            ]
        }
        let factory = postmeter.metricsFactory
        for user in ["a", "b"] {
            Counter(label: "mails.read", dimensions: [("user", user), ("route", "x")], factory: factory)
                .increment()
        }
        Counter(label: "noise", factory: factory).increment()
        Timer(label: "work", factory: factory).recordSeconds(1)
        let text = postmeter.scrape().text
        #expect(Scraped.samples(text, of: "mails_read_total") == [#"mails_read_total{route="x"} 2"#])
        #expect(Scraped.samples(text, of: "noise_total") == [])
        #expect(try family("work", of: postmeter).descriptor.bounds == [1, 2])
    }

    @Test func `all histograms are exponential where that is wanted, but those that a view describes`() throws
    {
        let postmeter = try make {
            $0.exponentialHistograms = ExponentialLimits(maxSize: 40)
            $0.views = [MetricView("plain", bounds: [1])]
        }
        Timer(label: "work", factory: postmeter.metricsFactory).recordSeconds(1)
        Recorder(label: "plain", factory: postmeter.metricsFactory).record(1)
        #expect(try family("work", of: postmeter).descriptor.exponential == ExponentialLimits(maxSize: 40))
        #expect(try family("plain", of: postmeter).descriptor.exponential == nil)
    }

    @Test func `measurements in a sampled span are kept as examples, unless that is off`() throws {
        for filter in [ExemplarFilter.traceBased, .alwaysOff] {
            let postmeter = try make { $0.exemplars = filter }
            let timer = Timer(label: "work", factory: postmeter.metricsFactory)
            timer.recordSeconds(5)
            try postmeter.distributedTracer.withSpan("read") { span in
                timer.recordSeconds(1)
                let exemplars = try family("work", of: postmeter).exemplars
                #expect(exemplars.count == (filter == .traceBased ? 1 : 0))
                #expect(exemplars.allSatisfy { $0.spanID == span.context.spanContext?.spanID })
            }
        }
    }

    @Test func `limits of spans hold for those of swift-distributed-tracing`() throws {
        let postmeter = try make { $0.spanLimits.events = 1 }
        let span = postmeter.distributedTracer.startSpan("read")
        span.addEvent("one")
        span.addEvent("two")
        span.end()
        let read = try #require(try DrainedSpan.drain(postmeter.distributedTracer.tracer).first)
        #expect(read.events.map(\.name) == ["one"])
    }
}
