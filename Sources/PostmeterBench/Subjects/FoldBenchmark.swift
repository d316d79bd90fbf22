internal import CPrimitives
internal import Glibc
internal import PostmeterCollector

/// The fold at full speed: from a journal that the page cache holds, with hooks and checkpoints on.
struct FoldBenchmark: Benchmark {
    private static let agents = 1_000
    private static let chunks = 8

    var trials: [Trial] {
        [
            Trial(name: "fold/events") { try figures($0) },
            Trial(name: "fold/with-spans") { try spans($0) },
        ]
    }

    private func figures(_ harness: Harness) throws -> [Row] {
        let run = try run(harness, recordsSpans: false)
        return [
            Row(
                name: "fold/events", what: "fold of 1 KiB webhooks, warm journal, hooks and checkpoints on",
                unit: "events/s", median: run.rates.median, best: run.rates.most, goal: .atLeast(600_000),
                peer: "1.1-1.3M bare prototypes, without checkpoints", foreign: run.rates.foreign),
            Row("fold/cpu", "  CPU of the fold an event, checkpoints included", run.processor),
            Row(
                "fold/checkpoints", "  share of the time that was spent in checkpoints", run.share, unit: "%"),
        ]
    }

    private func spans(_ harness: Harness) throws -> [Row] {
        let run = try run(harness, recordsSpans: true)
        return [
            Row(
                name: "fold/with-spans", what: "  the same, spans recorded too, as when a collector pushes",
                unit: "events/s", median: run.rates.median, best: run.rates.most, foreign: run.rates.foreign),
            Row("fold/with-spans-cpu", "  CPU of the fold an event, spans recorded too", run.processor),
        ]
    }

    private struct Run {
        /// Events a second.
        var rates: Samples
        /// CPU of the thread, in nanoseconds an event.
        var processor: Samples
        /// Percent of the time that went to checkpoints.
        var share: Samples
    }

    private func run(_ harness: Harness, recordsSpans: Bool) throws -> Run {
        let data = try harness.scratch.folder(recordsSpans ? "fold-spans" : "fold")
        defer { harness.scratch.remove(data) }
        let chunk = harness.scaled(50_000)
        // The first chunk makes the agents and their series, and fills the caches.
        let count = chunk * (Self.chunks + 1)
        let traffic = ResendTraffic(agents: Self.agents, steps: ResendTraffic.outbound, bodyBytes: 1_024)
        try JournalMaker(traffic: traffic).fill(data: data, count: count)
        let replay = try FoldReplay(
            data: data, database: "\(data)/replay.db", recordsSpans: recordsSpans,
            warn: { print("fold: \($0)") })
        // The record of the fleet comes first.
        _ = try replay.run(limit: chunk + 1)
        var rates: [Double] = []
        var processor: [Double] = []
        var shares: [Double] = []
        let load = MachineLoad()
        for _ in 0..<Self.chunks {
            let before = Self.threadNanoseconds()
            let totals = try replay.run(limit: chunk)
            processor.append((Self.threadNanoseconds() - before) / Double(totals.records))
            rates.append(Double(totals.records) / (Double(totals.nanoseconds) / 1e9))
            shares.append(Double(totals.checkpoints.reduce(0, +)) / Double(totals.nanoseconds) * 100)
        }
        let foreign = load.foreignShare()
        guard replay.eventsCounted == UInt64(count) else {
            throw BenchmarkError("\(replay.eventsCounted) events were counted, not \(count)")
        }
        try replay.close()
        return Run(
            rates: Samples(rates, foreign: foreign), processor: Samples(processor, foreign: foreign),
            share: Samples(shares, foreign: foreign))
    }

    /// CPU that this thread has used.
    private static func threadNanoseconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
