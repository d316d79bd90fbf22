import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import Testing

@testable import PostmeterExport

@Suite struct ExportHealthTests {
    @Test func `what the registry and the tracers count is carried on`() {
        let bench = TestBench(capacity: 4)
        let family = bench.registry.family(
            InstrumentDescriptor(name: "things", kind: .counter, labels: ["a"], seriesLimit: 2),
            of: Counter.self
        )
        for index in 0..<5 { family.bind("\(index)").add() }
        let histogram = bench.registry.family(
            InstrumentDescriptor(name: "times", kind: .histogram, bounds: [1]),
            of: Histogram.self
        ).bind()
        histogram.record(.nan)
        bench.endSpans(7)

        #expect(bench.value("postmeter.series.overflows") == 3)
        #expect(bench.value("postmeter.measurements.refused") == 1)
        #expect(bench.value("postmeter.spans.ended") == 4)
        #expect(bench.value("postmeter.spans.waiting") == 4)
        #expect(bench.value("postmeter.spans.dropped") == 3)
        let series = bench.registry.statistics.series
        #expect(bench.value("postmeter.series") == Double(series))
        #expect(bench.value("postmeter.families") == Double(bench.registry.statistics.families))
        // Each reading above was a snapshot: sums are not counted again by the next one.
        #expect(bench.value("postmeter.spans.dropped") == 3)
    }

    @Test func `removed series, refused removals and late measurements are carried on`() {
        let bench = TestBench()
        let family = bench.registry.family(
            InstrumentDescriptor(name: "things", kind: .counter, labels: ["a"]),
            of: Counter.self
        )
        let kept = family.bind("gone")
        kept.add(1)
        #expect(bench.value("postmeter.series.removed") == 0)
        #expect(family.remove("gone"))
        kept.add(5)
        let durable = bench.registry.family(
            InstrumentDescriptor(name: "durable.things", kind: .counter, labels: ["a"], isDurable: true),
            of: Counter.self
        )
        durable.bind("stays").add(1)
        #expect(!durable.remove("stays"))
        #expect(bench.value("postmeter.series.removed") == 1)
        #expect(bench.value("postmeter.removals.refused") == 1)
        #expect(bench.value("postmeter.measurements.late") == 5)
    }

    @Test func `what log recorders count is carried on`() {
        let bench = TestBench(capacity: 64)
        bench.log(100)
        let statistics = bench.logs.statistics
        #expect(statistics.dropped > 0)
        #expect(bench.value("postmeter.logs.recorded") == Double(statistics.recorded))
        #expect(bench.value("postmeter.logs.dropped") == Double(statistics.dropped))
        #expect(bench.value("postmeter.logs.waiting") == Double(statistics.waiting))
        #expect(bench.value("postmeter.logs.truncated") == 0)
        #expect(statistics.recorded + statistics.dropped == 100)
    }

    @Test func `the build is named`() {
        #expect(TestBench().value("postmeter.build.info", ["version": "1.2.3"]) == 1)
    }

    @Test func `series are there before the first export`() throws {
        let bench = TestBench()
        var target = ExportTarget(
            "here",
            metrics: try bench.target(),
            traces: try bench.target(),
            logs: try bench.target()
        )
        target.spool = SpoolLimits(byteLimit: 64 << 20)
        let pipeline = ExportPipeline(
            targets: [target],
            spoolDirectory: "/nonexistent",
            registry: bench.registry,
            tracers: [bench.tracer],
            logs: [bench.logs],
            encoder: bench.encoder,
            transport: FakeTransport(),
            health: bench.health
        )
        let here = ["target": "here"]
        for signal in ["metrics", "traces", "logs"] {
            let labels = here.merging(["signal": signal]) { $1 }
            for outcome in ["accepted", "partial", "failed"] {
                let value = bench.value(
                    "postmeter.export.requests", labels.merging(["outcome": outcome]) { $1 })
                #expect(value == 0)
            }
            for reason in [
                "unavailable", "timeout", "shutdown", "spool_full", "spool_expired", "spool_failing",
            ] {
                #expect(bench.value("postmeter.export.lost", labels.merging(["reason": reason]) { $1 }) == 0)
            }
            for name in ["written", "drained", "bytes", "items", "age"] {
                #expect(bench.value("postmeter.spool.\(name)", labels) == 0)
            }
            // The three signals have equal parts.
            #expect(bench.value("postmeter.spool.limit", labels) == Double((64 << 20) / 3))
            #expect(bench.value("postmeter.export.last.accepted", labels) == nil)
        }
        #expect(bench.value("postmeter.logs.queued", here) == 0)
        #expect(bench.value("postmeter.spans.queued", here) == 0)
        #expect(bench.value("postmeter.spool.thinned", here) == 0)
        withExtendedLifetime(pipeline) {}
    }

    @Test func `who records no logs shows none`() {
        let registry = MetricsRegistry()
        let health = ExportHealth(registry: registry, tracers: [], version: "1")
        let names = registry.snapshot().families.map(\.descriptor.name)
        #expect(names.contains("postmeter.spans.queued"))
        #expect(!names.contains { $0.hasPrefix("postmeter.logs") })
        _ = health.declare("default", .logs, LaneFigures())
    }

    @Test func `a registry may go before its health`() {
        weak var gone: MetricsRegistry?
        do {
            let registry = MetricsRegistry()
            _ = ExportHealth(registry: registry, tracers: [], version: "1")
            _ = registry.snapshot()
            gone = registry
        }
        #expect(gone == nil)
    }
}
