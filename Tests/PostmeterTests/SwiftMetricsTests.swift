import CoreMetrics
import Postmeter
import PostmeterMetrics
import PostmeterModel
import Testing

@Suite struct SwiftMetricsTests {
    private let postmeter: Postmeter
    private let warnings = Warnings()

    init() throws {
        var configuration = PostmeterConfiguration(serviceName: "triage-service")
        configuration.diagnostics = warnings.diagnostics
        configuration.timerBounds = [0.01, 0.1, 1]
        configuration.recorderBounds = [10, 100]
        configuration.recordsProcess = false
        postmeter = try Postmeter(configuration: configuration)
    }

    private var factory: SwiftMetricsFactory { postmeter.metricsFactory }

    /// The samples of a metric as a scrape shows them, without the labels of their scope.
    private func samples(_ name: String) -> [String] {
        Scraped.samples(postmeter.scrape().text, of: name)
    }

    @Test func `a counter counts, with its dimensions as labels`() {
        let counter = CoreMetrics.Counter(
            label: "mails.read", dimensions: [("route", "sales"), ("agent", "triage")], factory: factory)
        counter.increment()
        counter.increment(by: 41)
        #expect(samples("mails_read_total") == [#"mails_read_total{agent="triage",route="sales"} 42"#])
    }

    @Test func `the same dimensions in another order are the same series`() {
        let ab = factory.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")])
        let ba = factory.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")])
        #expect(ab === ba)
        #expect(ab === factory.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")]))
        #expect(ab !== factory.makeCounter(label: "c", dimensions: [("a", "2"), ("b", "1")]))
    }

    @Test func `of a dimension that is given twice the last value holds, and one without a name is left out`()
    {
        let twice = factory.makeCounter(
            label: "c", dimensions: [("a", "1"), ("b", "2"), ("a", "3"), ("", "x")])
        #expect(twice === factory.makeCounter(label: "c", dimensions: [("a", "3"), ("b", "2")]))
        twice.increment(by: 1)
        #expect(samples("c_total") == [#"c_total{a="3",b="2"} 1"#])
    }

    @Test func `a dimension without a value is none`() {
        let none = factory.makeCounter(label: "c", dimensions: [])
        #expect(none === factory.makeCounter(label: "c", dimensions: [("a", "")]))
        none.increment(by: 2)
        #expect(samples("c_total") == ["c_total 2"])
    }

    @Test func `names that are not allowed are changed, and those that become one are one`() {
        let blank = factory.makeCounter(label: "mails read", dimensions: [])
        #expect(blank === factory.makeCounter(label: "mails,read", dimensions: []))
        #expect(blank === factory.makeCounter(label: "Mails_Read", dimensions: []))
        blank.increment(by: 7)
        #expect(samples("mails_read_total") == ["mails_read_total 7"])
        #expect(warnings.all.isEmpty)
    }

    @Test func `an increment below zero is refused and counted`() {
        let counter = factory.makeCounter(label: "c", dimensions: [])
        let floating = factory.makeFloatingPointCounter(label: "f", dimensions: [])
        let before = postmeter.metrics.statistics.refused
        counter.increment(by: 3)
        counter.increment(by: -1)
        counter.increment(by: .min)
        floating.increment(by: 0.5)
        floating.increment(by: -0.5)
        floating.increment(by: .nan)
        #expect(samples("c_total") == ["c_total 3"])
        #expect(samples("f_total") == ["f_total 0.5"])
        #expect(postmeter.metrics.statistics.refused == before + 4)
    }

    @Test func `a meter is set, raised and lowered`() {
        let meter = Meter(label: "queue", dimensions: [], factory: factory)
        meter.increment(by: 2.5)
        #expect(samples("queue") == ["queue 2.5"])
        meter.set(10)
        meter.increment()
        meter.decrement(by: 4.0)
        #expect(samples("queue") == ["queue 7"])
        meter.set(-0.5)
        #expect(samples("queue") == ["queue -0.5"])
    }

    @Test func `a recorder that aggregates is a histogram, and one that does not holds the last value`() {
        let histogram = Recorder(label: "size", dimensions: [], aggregate: true, factory: factory)
        histogram.record(5)
        histogram.record(100.0)
        histogram.record(1_000)
        #expect(
            samples("size") == [
                #"size_bucket{le="10"} 1"#, #"size_bucket{le="100"} 2"#, #"size_bucket{le="+Inf"} 3"#,
                "size_sum 1105", "size_count 3",
            ])
        let gauge = CoreMetrics.Gauge(label: "temperature", dimensions: [], factory: factory)
        gauge.record(20)
        gauge.record(21.5)
        #expect(samples("temperature") == ["temperature 21.5"])
    }

    @Test func `a meter and a recorder that does not aggregate are one series`() {
        Meter(label: "level", factory: factory).set(1)
        CoreMetrics.Gauge(label: "level", factory: factory).record(2)
        #expect(samples("level") == ["level 2"])
        #expect(warnings.all.isEmpty)
    }

    @Test func `a timer records seconds, whatever it prefers to show`() {
        let timer = Timer(
            label: "work", dimensions: [("step", "read")], preferredDisplayUnit: .milliseconds,
            factory: factory)
        timer.recordMilliseconds(50)
        timer.recordSeconds(2)
        timer.recordNanoseconds(-1)
        #expect(
            samples("work_seconds") == [
                #"work_seconds_bucket{step="read",le="0.01"} 0"#,
                #"work_seconds_bucket{step="read",le="0.1"} 1"#,
                #"work_seconds_bucket{step="read",le="1"} 1"#,
                #"work_seconds_bucket{step="read",le="+Inf"} 2"#,
                #"work_seconds_sum{step="read"} 2.05"#, #"work_seconds_count{step="read"} 2"#,
            ])
    }

    @Test func `a label whose dimensions vary has a series of each`() {
        factory.makeCounter(label: "c", dimensions: []).increment(by: 1)
        factory.makeCounter(label: "c", dimensions: [("a", "x")]).increment(by: 2)
        factory.makeCounter(label: "c", dimensions: [("b", "y")]).increment(by: 3)
        #expect(samples("c_total").sorted() == ["c_total 1", #"c_total{a="x"} 2"#, #"c_total{b="y"} 3"#])
        #expect(warnings.all.isEmpty)
    }

    @Test func `past 64 sets of dimensions of a label the overflow series takes the rest`() {
        for set in 0..<70 {
            factory.makeCounter(label: "c", dimensions: [("k\(set)", "x")]).increment(by: 1)
        }
        let lines = samples("c_total")
        #expect(lines.count == 65)
        #expect(lines.filter { $0.contains("overflow") } == [#"c_total{otel_metric_overflow="true"} 6"#])
        #expect(warnings.all.filter { $0.hasPrefix("metric c: more than 64 sets of dimensions") }.count == 1)
    }

    @Test func `past the limit of series everything is in the overflow series, and nothing is kept of it`() {
        for value in 0..<2_500 {
            factory.makeCounter(label: "c", dimensions: [("k", "\(value)")]).increment(by: 1)
        }
        let lines = samples("c_total")
        #expect(lines.count == 2_001)
        #expect(lines.contains(#"c_total{otel_metric_overflow="true"} 500"#))
        // One that has a series goes on in it.
        factory.makeCounter(label: "c", dimensions: [("k", "7")]).increment(by: 1)
        #expect(samples("c_total").contains(#"c_total{k="7"} 2"#))
    }

    @Test func `a counter that is reset begins anew for everyone who has it`() {
        let one = CoreMetrics.Counter(label: "c", dimensions: [("k", "x")], factory: factory)
        let two = CoreMetrics.Counter(label: "c", dimensions: [("k", "x")], factory: factory)
        one.increment(by: 5)
        two.reset()
        one.increment(by: 1)
        two.increment(by: 2)
        #expect(samples("c_total") == [#"c_total{k="x"} 3"#])
        let floating = FloatingPointCounter(label: "f", factory: factory)
        floating.increment(by: 1.5)
        floating.reset()
        #expect(samples("f_total") == ["f_total 0"])
    }

    @Test func `what is destroyed is shown no more, and begins anew when it is asked for again`() {
        let counter = CoreMetrics.Counter(label: "c", dimensions: [("k", "x")], factory: factory)
        let timer = Timer(label: "t", factory: factory)
        let meter = Meter(label: "m", factory: factory)
        let recorder = Recorder(label: "r", factory: factory)
        let floating = FloatingPointCounter(label: "f", factory: factory)
        counter.increment(by: 5)
        timer.recordSeconds(1)
        meter.set(1)
        recorder.record(1)
        floating.increment()
        counter.destroy()
        timer.destroy()
        meter.destroy()
        recorder.destroy()
        floating.destroy()
        for name in ["c_total", "t_seconds", "m", "r", "f_total"] { #expect(samples(name) == []) }
        counter.increment(by: 100)
        #expect(samples("c_total") == [])
        CoreMetrics.Counter(label: "c", dimensions: [("k", "x")], factory: factory).increment(by: 1)
        #expect(samples("c_total") == [#"c_total{k="x"} 1"#])
    }

    @Test func `asking from several threads at once gives one handler and an exact sum`() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for index in 0..<500 {
                        factory.makeCounter(label: "c", dimensions: [("k", "\(index % 50)")]).increment(by: 1)
                    }
                }
            }
        }
        #expect(samples("c_total").count == 50)
        #expect(samples("c_total").allSatisfy { $0.hasSuffix("} 40") })
    }
}
