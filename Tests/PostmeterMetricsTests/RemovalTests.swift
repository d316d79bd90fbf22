import CPrimitives
import PostmeterModel
import Synchronization
import Testing

@testable import PostmeterMetrics

@Suite
struct RemovalTests {
    private static func counters(
        _ registry: MetricsRegistry, limit: Int = 2_000, labels: [String] = ["a"]
    ) -> Family<Counter> {
        registry.family(
            InstrumentDescriptor(name: "c", kind: .counter, labels: labels, seriesLimit: limit))
    }

    @Test func `a removed series is not exported, and what comes through kept handles is late`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry)
        let kept = family("x")
        kept.add(3)
        family("y").add(4)
        #expect(family.remove("x"))
        #expect(!family.remove("x"))
        #expect(!family.remove("never"))
        #expect(!family.remove("x", "y"))
        #expect(registry.integers("c") == [["y"]: 4])
        #expect(registry.statistics.late == 0)
        kept.add(5)
        #expect(registry.integers("c") == [["y"]: 4])
        #expect(registry.statistics.late == 5)
        #expect(registry.statistics.retired == 1)
        #expect(registry.statistics.series == 1)
    }

    @Test func `late values of every kind of instrument are counted`() {
        let registry = MetricsRegistry.fixed()
        let histograms: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["a"], bounds: [1]))
        let doubles: Family<DoubleCounter> = registry.family(
            InstrumentDescriptor(name: "d", kind: .counter, labels: ["a"]))
        let gauges: Family<Gauge> = registry.family(
            InstrumentDescriptor(name: "g", kind: .gauge, labels: ["a"]))
        let (histogram, double, gauge, unset) = (histograms("x"), doubles("x"), gauges("x"), gauges("y"))
        histogram.record(1)
        double.add(0.5)
        gauge.set(1)
        #expect(histograms.remove("x"))
        #expect(doubles.remove("x"))
        #expect(gauges.removeAll() == 2)
        #expect(registry.statistics.late == 0)
        histogram.record(1)
        histogram.record(2)
        double.add(0.5)
        double.add(0.5)
        gauge.set(2)
        #expect(registry.statistics.late == 4)
        unset.set(1)
        #expect(registry.statistics.late == 5)
        #expect(registry.snapshot().families.allSatisfy { $0.identities.isEmpty })
    }

    @Test func `a series that comes back begins at zero with a start time of its own`() throws {
        let clock = TestClock(seconds: 100)
        let registry = clock.registry()
        let family = Self.counters(registry)
        family("x").add(3)
        family("y").add(4)
        #expect(try #require(registry.family(named: "c")).startTimes.isEmpty)
        clock.set(seconds: 200)
        #expect(family.remove("x"))
        clock.set(seconds: 300)
        family("x").add(1)
        clock.set(seconds: 400)
        let snapshot = try #require(registry.family(named: "c"))
        #expect(snapshot.integers == [["x"]: 1, ["y"]: 4])
        #expect(snapshot.startTime == UnixTime(seconds: 100))
        let times = Dictionary(
            zip(snapshot.labelValues, snapshot.startTimes), uniquingKeysWith: { first, _ in first })
        #expect(times == [["x"]: UnixTime(seconds: 300), ["y"]: UnixTime(seconds: 100)])
        // Also when there was nothing left in between.
        #expect(family.removeAll() == 2)
        clock.set(seconds: 500)
        family("y").add(1)
        #expect(try #require(registry.family(named: "c")).startTimes == [UnixTime(seconds: 500)])
    }

    @Test func `removing makes room, and the overflow series stays`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry, limit: 2)
        for value in ["x", "y", "z"] { family(value).add(1) }
        #expect(registry.integers("c") == [["x"]: 1, ["y"]: 1, ["_overflow"]: 1])
        #expect(family.remove("x"))
        family("z").add(1)
        family("x").add(1)
        #expect(registry.integers("c") == [["z"]: 1, ["y"]: 1, ["_overflow"]: 2])
        #expect(family.removeAll() == 2)
        #expect(registry.integers("c") == [["_overflow"]: 2])
    }

    @Test func `values stay with their series however the cells are cut up`() {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["a"], bounds: [1, 2, 4]))
        var model: [String: Int] = [:]
        var random = SplitMix(seed: 7)
        for step in 0..<3_000 {
            let value = "v\(random.next() % 60)"
            if random.next() % 3 == 0 {
                #expect(family.remove(value) == (model.removeValue(forKey: value) != nil), "step \(step)")
            } else {
                family(value).record(3)
                model[value, default: 0] += 1
            }
        }
        let snapshot = registry.family(named: "h")
        let names = snapshot?.labelValues.map { $0[0] } ?? []
        var found: [String: Int] = [:]
        for (name, value) in zip(names, registry.histograms("h")) {
            #expect(value.counts[2] == value.counts.reduce(0, +))
            #expect(value.sum == 3 * Double(value.counts[2]))
            found[name] = Int(value.counts[2])
        }
        #expect(found == model)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `look-ups agree with a dictionary under random bindings and removals`(labels: Int) {
        let seed: UInt64 = 0xfeed_0000 + UInt64(labels)
        var random = SplitMix(seed: seed)
        let registry = MetricsRegistry.fixed()
        let names = (0..<labels).map { "l\($0)" }
        let family = Self.counters(registry, limit: 300, labels: names)
        let words = [
            "", "a", "seven77", "fifteen bytes 5", "sechzehn Bytes 6", String(repeating: "x", count: 130),
        ]
        var model: [[String]: Int64] = [:]
        var overflow: Int64 = 0
        for step in 0..<20_000 {
            var values = (0..<labels).map { _ in words[Int(random.next() % UInt64(words.count))] }
            values[labels - 1] += String(random.next() % 80)
            switch random.next() % 8 {
            case 0...1:
                let isThere = model.removeValue(forKey: values) != nil
                let isRemoved = family.remove(values)
                if isRemoved != isThere { Issue.record("seed \(seed), step \(step): \(values)") }
            case 2...4:
                if model[values] == nil, model.count >= 300 {
                    overflow += 1
                } else {
                    model[values, default: 0] += 1
                }
                family.bind(values).add(1)
            default:
                if model[values] == nil, model.count >= 300 {
                    overflow += 1
                } else {
                    model[values, default: 0] += 1
                }
                Self.look(family, values).add(1)
            }
        }
        if overflow > 0 { model[["_overflow"]] = overflow }
        #expect(registry.integers("c") == model, "seed \(seed)")
    }

    private static func look(_ family: Family<Counter>, _ values: [String]) -> Counter {
        switch values.count {
        case 1: family(values[0])
        case 2: family(values[0], values[1])
        case 3: family(values[0], values[1], values[2])
        case 4: family(values[0], values[1], values[2], values[3])
        default: family.bind(values)
        }
    }

    @Test func `a family takes away no more than it may`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let family = Self.counters(registry, limit: 3)
        for step in 0..<1_024 {
            family("\(step)").add(1)
            #expect(family.remove("\(step)"))
        }
        let memory = pm_family_bytes(family.storage.core)
        family("one more").add(1)
        #expect(!family.remove("one more"))
        #expect(family.removeAll() == 0)
        #expect(registry.integers("c") == [["one more"]: 1])
        #expect(registry.statistics.retired == 1_024)
        #expect(registry.statistics.refusedRemovals == 2)
        #expect(heard.sentences.count == 1)
        #expect(heard.sentences.first?.contains("1024 series removed") == true)
        #expect(memory < 100_000, "\(memory)")
    }

    @Test func `series of durable families and of instruments without labels stay`() {
        let heard = Heard()
        let registry = MetricsRegistry.fixed(heard.diagnostics)
        let durable: Family<Counter> = registry.family(
            InstrumentDescriptor(name: "d", kind: .counter, labels: ["a"], isDurable: true))
        let single: Family<Counter> = registry.family(InstrumentDescriptor(name: "s", kind: .counter))
        durable("x").add(1)
        single.bind().add(1)
        #expect(!durable.remove("x"))
        #expect(durable.removeAll() == 0)
        #expect(!single.remove())
        #expect(single.removeAll() == 0)
        #expect(registry.integers("d") == [["x"]: 1])
        #expect(registry.integers("s") == [[]: 1])
        #expect(registry.statistics.refusedRemovals == 2)
        #expect(heard.sentences == ["metric d is durable, so that its series cannot be removed"])
    }

    @Test func `what threads record while series are removed is exported or late`() {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry, limit: 500)
        let reader = MetricsReader(registry, temporality: .delta)
        let sent = Mutex<Int64>(0)
        let isDone = Atomic(false)
        let collect: @Sendable () -> Void = {
            let difference = reader.read().families.first?.integers ?? [:]
            sent.withLock { $0 += difference.values.reduce(0, +) }
            reader.commit()
        }
        let watcher = OneThread {
            while !isDone.load(ordering: .acquiring) { collect() }
        }
        let remover = OneThread {
            var random = SplitMix(seed: 3)
            while !isDone.load(ordering: .acquiring) { family.remove("\(random.next() % 40)") }
        }
        onThreads(3) { thread in
            var random = SplitMix(seed: UInt64(thread))
            for step in 0..<4_000 {
                if step % 100 == 0 { family("\(random.next() % 40)").add(0) }
                family("\(random.next() % 40)").add(1)
            }
        }
        isDone.store(true, ordering: .releasing)
        watcher.join()
        remover.join()
        collect()
        #expect(sent.withLock { $0 } + Int64(registry.statistics.late) == 12_000)
        #expect(registry.statistics.overflowed == 0)
    }

    @Test
    func `a reader of differences is given the last of a removed series, in one point with its successor`()
        throws
    {
        let registry = MetricsRegistry.fixed()
        let family = Self.counters(registry)
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").add(3)
        family("y").add(1)
        #expect(reader.read().families.first?.integers == [["x"]: 3, ["y"]: 1])
        reader.commit()
        family("x").add(2)
        family("short").add(7)
        #expect(family.remove("x"))
        #expect(family.remove("short"))
        #expect(reader.read().families.first?.integers == [["x"]: 2, ["short"]: 7])
        // That one failed; meanwhile both come back, and one goes again.
        family("x").add(10)
        family("short").add(20)
        #expect(family.remove("short"))
        let difference = try #require(reader.read().families.first)
        #expect(difference.identities.count == 2)
        #expect(difference.integers == [["x"]: 12, ["short"]: 27])
        reader.commit()
        #expect(reader.read().families.first?.integers == [:])
        // A reader that begins now is told of all since the beginning.
        let late = MetricsReader(registry, temporality: .delta)
        #expect(late.read().families.first?.integers == [["x"]: 15, ["y"]: 1, ["short"]: 27])
    }

    @Test func `the differences of removed histograms are put together`() throws {
        let registry = MetricsRegistry.fixed()
        let family: Family<Histogram> = registry.family(
            InstrumentDescriptor(name: "h", kind: .histogram, labels: ["a"], bounds: [1, 2]))
        let reader = MetricsReader(registry, temporality: .delta)
        family("x").record(0.5)
        _ = reader.read()
        reader.commit()
        family("x").record(1.5)
        #expect(family.remove("x"))
        family("x").record(5)
        let difference = try #require(reader.read().families.first)
        guard case .histograms(let counts, let sums) = difference.values else {
            Issue.record("not histograms")
            return
        }
        #expect(counts == [0, 1, 1])
        #expect(sums == [6.5])
    }
}
