import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct MetricsReaderTests {
    private static func counters(
        _ registry: MetricsRegistry, labels: [String] = ["a"]
    ) -> Family<Counter> {
        registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: labels, seriesLimit: 5_000))
    }

    @Test func `a cumulative reader gives what a snapshot gives`() throws {
        let registry = MetricsRegistry.fixed()
        Self.counters(registry)("x").add(3)
        let reader = MetricsReader(registry)
        for _ in 0..<2 {
            let family = try #require(reader.read().families.first)
            #expect(family.temporality == .cumulative)
            #expect(family.integers == [["x"]: 3])
            reader.commit()
        }
    }

    @Test func `differences begin at the last committed reading and leave out what stood still`() throws {
        let clock = TestClock(seconds: 100)
        let registry = clock.registry()
        let family = Self.counters(registry)
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").add(3)
        family("y").add(4)
        clock.set(seconds: 110)
        let first = try #require(reader.read().families.first)
        #expect(first.temporality == .delta)
        #expect(first.integers == [["x"]: 3, ["y"]: 4])
        #expect(first.startTime == UnixTime(seconds: 100))
        reader.commit()
        family("x").add(5)
        clock.set(seconds: 120)
        let second = try #require(reader.read().families.first)
        #expect(second.integers == [["x"]: 5])
        #expect(second.startTime == UnixTime(seconds: 110))
        #expect(second.startTimes.isEmpty)
        // It did not arrive, so the next one covers both.
        family("y").add(1)
        family("z").add(2)
        clock.set(seconds: 130)
        let third = try #require(reader.read().families.first)
        #expect(third.integers == [["x"]: 5, ["y"]: 1, ["z"]: 2])
        #expect(third.startTime == UnixTime(seconds: 110))
        reader.commit()
        reader.commit()
        clock.set(seconds: 140)
        let fourth = try #require(reader.read().families.first)
        #expect(fourth.integers.isEmpty)
        #expect(fourth.startTime == UnixTime(seconds: 130))
        #expect(registry.integers("c") == [["x"]: 8, ["y"]: 5, ["z"]: 2])
    }

    @Test func `readers of one registry do not disturb each other`() throws {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry)
        let one = MetricsReader(registry, temporality: .delta)
        let other = MetricsReader(registry, temporality: .delta)
        family("x").add(1)
        _ = one.read()
        one.commit()
        family("x").add(10)
        #expect(one.read().families.first?.integers == [["x"]: 10])
        #expect(other.read().families.first?.integers == [["x"]: 11])
    }

    @Test func `the preference decides by kind and by who records`() {
        let kinds: [InstrumentKind] = [.counter, .upDownCounter, .gauge, .histogram]
        let expected: [TemporalityPreference: [AggregationTemporality]] = [
            .cumulative: Array(repeating: .cumulative, count: 8),
            .delta: [
                .delta, .cumulative, .cumulative, .delta, .delta, .cumulative, .cumulative, .delta,
            ],
            .lowMemory: [
                .delta, .cumulative, .cumulative, .delta, .cumulative, .cumulative, .cumulative, .cumulative,
            ],
        ]
        for (preference, temporalities) in expected {
            let found = [false, true].flatMap { isObservable in
                kinds.map { kind in
                    preference.temporality(
                        of: InstrumentDescriptor(name: "x", kind: kind, isObservable: isObservable))
                }
            }
            #expect(found == temporalities, "\(preference)")
        }
    }

    @Test func `a histogram's differences have its new values alone`() throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["a"], bounds: [1, 2]))
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").record(0.5)
        family("y").record(5)
        _ = reader.read()
        reader.commit()
        family("x").record(1.5)
        family("x").record(3)
        let difference = try #require(reader.read().families.first)
        guard case .histograms(let counts, let sums) = difference.values else {
            Issue.record("not histograms")
            return
        }
        #expect(difference.labelValues == [["x"]])
        #expect(counts == [0, 1, 1])
        #expect(sums == [4.5])
        #expect(difference.extremes.isEmpty)
    }

    @Test func `the rounding of floating differences does not add up`() throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<DoubleCounter> = registry.family(
            InstrumentDescriptor(name: "d", kind: .counter, labels: ["a"]))
        let reader = MetricsReader(registry, temporality: .delta)
        var total = 0.0
        let counter = family("x")
        for step in 0..<10_000 {
            counter.add(Double(step % 97) * 0.1 + 1e-9)
            guard case .doubles(let values)? = reader.read().families.first?.values else {
                Issue.record("not doubles")
                return
            }
            #expect(values.allSatisfy { $0 >= 0 })
            total += values.reduce(0, +)
            reader.commit()
        }
        let sum = try #require(registry.doubles("d")[["x"]])
        #expect(abs(total - sum) <= sum.ulp)
    }

    @Test func `durable families are sums to every reader, also after they were left out`() throws {
        let clock = TestClock(seconds: 100)
        let registry = clock.registry()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "kept", kind: .counter, labels: ["a"], isDurable: true))
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").add(1)
        _ = reader.read()
        reader.commit()
        family("x").add(2)
        clock.set(seconds: 110)
        #expect(reader.read(includingDurable: false).families.isEmpty)
        reader.commit()
        clock.set(seconds: 120)
        let sum = try #require(reader.read().families.first)
        #expect(sum.integers == [["x"]: 3])
        #expect(sum.temporality == .cumulative)
        #expect(sum.startTime == UnixTime(seconds: 100))
    }

    @Test func `a reader is shown what is for its audience`() {
        let registry = MetricsRegistry.fixed()
        for (name, audience) in [("e", Audience.everyone), ("s", .scrapes), ("p", .pushes)] {
            let _: Family<Counter> = registry.family(
                InstrumentDescriptor(name: name, kind: .counter, audience: audience))
        }
        func names(_ snapshot: MetricsSnapshot) -> [String] { snapshot.families.map(\.descriptor.name) }
        #expect(names(registry.snapshot()) == ["e", "s", "p"])
        #expect(names(registry.snapshot(audience: .scrapes)) == ["e", "s"])
        #expect(names(MetricsReader(registry).read()) == ["e", "p"])
        #expect(names(MetricsReader(registry, audience: .scrapes).read()) == ["e", "s"])
    }

    @Test func `the differences of threads at work add up to their sums`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry)
        let readers = (0..<2).map { _ in MetricsReader(registry, temporality: .delta) }
        let totals = Mutex<[[[String]: Int64]]>([[:], [:]])
        let isDone = Atomic(false)
        let collect: @Sendable (Int) -> Void = { index in
            guard let difference = readers[index].read().families.first else { return }
            totals.withLock { $0[index].merge(difference.integers, uniquingKeysWith: +) }
            readers[index].commit()
        }
        let watchers = (0..<2).map { index in
            OneThread {
                while !isDone.load(ordering: .acquiring) {
                    if index == 1 { _ = readers[index].read() }  // one that fails
                    collect(index)
                }
            }
        }
        onThreads(3) { thread in
            for step in 0..<3_000 { family("\((step * 7 + thread) % 500)").add(1) }
        }
        isDone.store(true, ordering: .releasing)
        for watcher in watchers { watcher.join() }
        for index in 0..<2 { collect(index) }
        let sums = registry.integers("c")
        #expect(sums.values.reduce(0, +) == 9_000)
        #expect(totals.withLock { $0 } == [sums, sums])
    }
}
