import CPrimitives
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct ExemplarTests {
    /// The current span and the clock of a registry under test.
    private final class World: Sendable {
        let span = Atomic<UInt64>(0)
        let isSampled = Atomic(true)
        let seconds = Atomic<UInt64>(1_000)

        func registry(_ filter: ExemplarFilter) -> MetricsRegistry {
            MetricsRegistry(
                now: { UnixTime(seconds: self.seconds.load(ordering: .relaxed)) },
                exemplars: filter,
                currentSpan: {
                    let span = self.span.load(ordering: .relaxed)
                    let isSampled = self.isSampled.load(ordering: .relaxed)
                    return span == 0
                        ? nil
                        : SpanContext(
                            traceID: TraceID(high: 7, low: span), spanID: SpanID(span),
                            flags: isSampled ? 1 : 0)
                })
        }

        /// The exemplar that is to be expected of a measurement made now.
        func exemplar(_ series: Int, _ bucket: Int, _ value: Double) -> Exemplar {
            let span = span.load(ordering: .relaxed)
            return Exemplar(
                series: series, bucket: bucket, value: value,
                time: UnixTime(seconds: seconds.load(ordering: .relaxed)),
                traceID: TraceID(high: span == 0 ? 0 : 7, low: span), spanID: SpanID(span))
        }
    }

    private func histogram(_ registry: MetricsRegistry, isDurable: Bool = false) -> Histogram {
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "lag", kind: .histogram, bounds: [1, 10], isDurable: isDurable))
        return family.bind()
    }

    @Test func `each bucket keeps its newest measurement`() {
        let world = World()
        let registry = world.registry(.alwaysOn)
        let lag = histogram(registry)
        world.span.store(1, ordering: .relaxed)
        lag.record(0.5)
        lag.record(20)
        let old = world.exemplar(0, 2, 20)
        world.span.store(2, ordering: .relaxed)
        world.seconds.store(2_000, ordering: .relaxed)
        lag.record(0.7)
        #expect(registry.family(named: "lag")?.exemplars == [world.exemplar(0, 0, 0.7), old])
        #expect(registry.histograms("lag").first?.counts == [2, 0, 1])
        #expect(registry.histograms("lag").first?.sum == 21.2)
        #expect(registry.family(named: "lag")?.extremes == [Extremes(minimum: 0.5, maximum: 20)])
    }

    @Test func `a filter by trace wants a sampled span`() {
        let world = World()
        let registry = world.registry(.traceBased)
        let lag = histogram(registry)
        lag.record(0.5)
        #expect(registry.family(named: "lag")?.exemplars == [])
        world.span.store(5, ordering: .relaxed)
        world.isSampled.store(false, ordering: .relaxed)
        lag.record(0.6)
        #expect(registry.family(named: "lag")?.exemplars == [])
        world.isSampled.store(true, ordering: .relaxed)
        lag.record(0.7)
        let expected = world.exemplar(0, 0, 0.7)
        world.span.store(0, ordering: .relaxed)
        lag.record(0.8)
        #expect(registry.family(named: "lag")?.exemplars == [expected])
        #expect(registry.histograms("lag").first?.counts == [4, 0, 0])
    }

    @Test func `without a filter measurements need no span`() {
        let world = World()
        let registry = world.registry(.alwaysOn)
        histogram(registry).record(3)
        #expect(registry.family(named: "lag")?.exemplars == [world.exemplar(0, 1, 3)])
        #expect(registry.family(named: "lag")?.exemplars.first?.traceID.isValid == false)
    }

    @Test func `switched off nothing is kept and no cell is special`() {
        let world = World()
        world.span.store(5, ordering: .relaxed)
        let registry = world.registry(.alwaysOff)
        let lag = histogram(registry)
        lag.record(3)
        #expect(registry.family(named: "lag")?.exemplars == [])
        #expect(lag.cell & UInt32(PM_CELL_SPECIAL) == 0)
        let untold = MetricsRegistry(exemplars: .traceBased)
        #expect(histogram(untold).cell & UInt32(PM_CELL_SPECIAL) == 0)
    }

    @Test func `sums keep one exemplar a series, and gauges none`() {
        let world = World()
        let registry = world.registry(.alwaysOn)
        func descriptor(_ name: String, _ kind: InstrumentKind) -> InstrumentDescriptor {
            InstrumentDescriptor(name: name, kind: kind, labels: ["a"])
        }
        let counters: Family<Counter> = registry.family(descriptor("counter", .counter))
        let doubles: Family<DoubleCounter> = registry.family(descriptor("double", .counter))
        let upDown: Family<UpDownCounter> = registry.family(descriptor("updown", .upDownCounter))
        let doubleUpDown: Family<DoubleUpDownCounter> = registry.family(
            descriptor("doubleupdown", .upDownCounter))
        let gauges: Family<Gauge> = registry.family(descriptor("gauge", .gauge))
        for (index, value) in ["x", "y"].enumerated() {
            counters(value).add(UInt64(index + 3))
            counters(value).add(UInt64(index + 5))
            doubles(value).add(0.5)
            upDown(value).add(-4)
            doubleUpDown(value).add(-1.5)
            gauges(value).set(3)
        }
        func exemplars(_ name: String) -> [Exemplar]? { registry.family(named: name)?.exemplars }
        #expect(exemplars("counter") == [world.exemplar(0, 0, 5), world.exemplar(1, 0, 6)])
        #expect(registry.integers("counter") == [["x"]: 8, ["y"]: 10])
        #expect(exemplars("double") == [world.exemplar(0, 0, 0.5), world.exemplar(1, 0, 0.5)])
        #expect(registry.doubles("double") == [["x"]: 0.5, ["y"]: 0.5])
        #expect(exemplars("updown") == [world.exemplar(0, 0, -4), world.exemplar(1, 0, -4)])
        #expect(registry.integers("updown") == [["x"]: -4, ["y"]: -4])
        #expect(exemplars("doubleupdown") == [world.exemplar(0, 0, -1.5), world.exemplar(1, 0, -1.5)])
        #expect(registry.doubles("doubleupdown") == [["x"]: -1.5, ["y"]: -1.5])
        #expect(exemplars("gauge") == [])
    }

    @Test func `exponential buckets keep up to twenty exemplars`() {
        let world = World()
        let registry = world.registry(.alwaysOn)
        let size = registry.exponential("size", ExponentialLimits(maxSize: 64, maxScale: 0))
        let small = registry.exponential("small", ExponentialLimits(maxSize: 4, maxScale: 0))
        for exponent in 0..<40 {
            let value = Double(sign: .plus, exponent: exponent, significand: 1.5)
            size.record(value)
            small.record(value)
        }
        let exemplars = registry.family(named: "size")?.exemplars ?? []
        // Bucket 20 has the slot of bucket 0, and so on; the newest win.
        let expected = Set((20..<40).map { Double(sign: .plus, exponent: $0, significand: 1.5) })
        #expect(Set(exemplars.map(\.value)) == expected)
        #expect(exemplars.count == 20)
        #expect(exemplars.allSatisfy { $0.bucket == 0 && $0.series == 0 })
        #expect(registry.family(named: "small")?.exemplars.count ?? 9 <= 4)
        #expect(registry.exponentials("size").first?.count == 40)
        #expect(registry.exponentials("small").first?.count == 40)
    }

    @Test func `a durable family keeps none`() {
        let world = World()
        let registry = world.registry(.alwaysOn)
        histogram(registry, isDurable: true).record(3)
        #expect(registry.family(named: "lag")?.exemplars == [])
        #expect(registry.histograms("lag").first?.counts == [0, 1, 0])
    }

    @Test func `threads that write at once leave whole exemplars and exact counts`() {
        // Value, trace and span of a measurement are made of one number, so that a mixed exemplar shows.
        let current = Atomic<UInt64>(1)
        let registry = MetricsRegistry(
            now: { UnixTime(seconds: 1) }, exemplars: .traceBased,
            currentSpan: {
                let number = current.wrappingAdd(1, ordering: .relaxed).newValue
                return SpanContext(traceID: TraceID(high: number, low: number), spanID: SpanID(number))
            })
        let lag = histogram(registry)
        let isDone = Atomic(0)
        let threads = (0..<3).map { thread in
            OneThread {
                for step in 0..<3_000 { lag.record(Double(step % 20) + Double(thread) / 4) }
                isDone.add(1, ordering: .releasing)
            }
        }
        var seen = 0
        while isDone.load(ordering: .acquiring) < 3 {
            for exemplar in registry.family(named: "lag")?.exemplars ?? [] {
                seen += 1
                #expect(exemplar.traceID.high == exemplar.traceID.low)
                #expect(exemplar.traceID.low == exemplar.spanID.value)
                let bucket = exemplar.value <= 1 ? 0 : exemplar.value <= 10 ? 1 : 2
                #expect(exemplar.bucket == bucket)
            }
        }
        for thread in threads { thread.join() }
        #expect(registry.family(named: "lag")?.exemplars.map(\.bucket) == [0, 1, 2])
        #expect(registry.histograms("lag").first?.counts.reduce(0, +) == 9_000)
    }

    @Test func `handles outlive their registry`() {
        let world = World()
        var registry: MetricsRegistry? = world.registry(.alwaysOn)
        let lag = registry.map { histogram($0) }
        let size = registry?.exponential("size")
        registry = nil
        lag?.record(3)
        size?.record(3)
        #expect(lag.map { pm_exemplar_slots($0.cell & ~UInt32(PM_CELL_SPECIAL)) } == 3)
    }
}
