internal import CPrimitives
internal import PostmeterSimulator

/// A day of a fleet as the simulator plans it, sent as fast as it is taken: exact totals, and memory that does
/// not grow with it.
///
/// The plan's times are spread over the day that ends now; the requests come in minutes, with fresh signatures.
struct DayBenchmark: Benchmark {
    private static let agents = 1_000
    private static let webhooks = 4_000_000
    private static let day = 86_400.0
    /// Requests that are made ready at a time; not so many that the connections are closed meanwhile for being idle.
    private static let part = 10_000
    private static let tenths = 10

    /// What was seen while the day went by.
    private struct Course {
        let start = pm_clock_monotonic()
        /// Resident bytes after each tenth.
        var resident: [Int] = []
        /// Nanoseconds in which requests were sent.
        var sending: UInt64 = 0
        var accepted = 0
    }

    var trials: [Trial] {
        [Trial(name: "day/agents", isLong: true) { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("day")
        defer { harness.scratch.remove(data) }
        let collector = try MeasuredCollector(data: data)
        defer { collector.stop() }
        let count = harness.scaled(Self.webhooks)
        var configuration = Simulator.Configuration(
            target: "http://127.0.0.1:\(collector.port)\(IntakeBenchmark.path)",
            secret: CollectorProcess.secret, seed: 1)
        configuration.agents = Self.agents
        configuration.rate = Double(count) / Self.day
        configuration.duration = Self.day
        let requests = try SimulatedRequests(configuration, path: IntakeBenchmark.path)
        let generator = try await LoadGenerator(
            port: collector.port, connections: IntakeBenchmark.connections
        ) { _ in Load(requests) }
        let load = MachineLoad(children: [collector.process])
        let course = try await send(count, with: generator, to: collector)
        let counted = try await collector.foldedEventsByAgent()
        let seconds = Double(pm_clock_monotonic() - course.start) / 1e9
        let foreign = load.foreignShare()
        let totals = try await generator.onLoop { ($0.requests as? SimulatedRequests)?.totals }
        try await generator.close()
        guard let totals else { throw BenchmarkError("the generator sent something else") }
        try Self.compare(counted, with: totals.events)
        let events = counted.values.reduce(0) { $0 + $1.values.reduce(0, +) }
        return Self.rows(course, totals, events: events, seconds: seconds, collector, data, foreign)
    }

    private func send(
        _ count: Int, with generator: LoadGenerator<Load>, to collector: MeasuredCollector
    ) async throws -> Course {
        var course = Course()
        while course.accepted < count {
            let tenth = count * (course.resident.count + 1) / Self.tenths
            let part = min(Self.part, tenth - course.accepted)
            try await generator.sign(part)
            let result = try await generator.run(seconds: 600, limit: part)
            guard result.isClean, result.accepted == part else {
                throw BenchmarkError(
                    "of \(part) webhooks after \(course.accepted): \(result.summary)")
            }
            course.accepted += part
            course.sending += result.nanoseconds
            if course.accepted >= tenth { course.resident.append(collector.residentBytes) }
        }
        return course
    }

    /// Throws an error that names the first figures that differ.
    private static func compare(_ counted: [String: [String: Int]], with sent: [String: [String: Int]]) throws
    {
        guard counted != sent else { return }
        let agents = Set(counted.keys).union(sent.keys).filter { counted[$0] != sent[$0] }.sorted()
        let shown = agents.prefix(3).map { agent in
            "\(agent): sent \(sorted(sent[agent])), counted \(sorted(counted[agent]))"
        }
        throw BenchmarkError("the totals of \(agents.count) agents differ; " + shown.joined(separator: "; "))
    }

    private static func sorted(_ counts: [String: Int]?) -> [String] {
        (counts ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    }

    private static func rows(
        _ course: Course, _ totals: SimulationTotals, events: Int, seconds: Double,
        _ collector: MeasuredCollector, _ data: String, _ foreign: Double?
    ) -> [Row] {
        func row(_ name: String, _ what: String, _ unit: String, _ value: Double, best: Double? = nil) -> Row
        {
            Row(
                name: "day/\(name)", what: what, unit: unit, median: value, best: best, foreign: foreign)
        }
        func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
        let messages = NumberFormat.figure(Double(totals.messages))
        let rest = course.resident.dropFirst()
        let processor = collector.process.processorSeconds
        let sending = Double(course.sending) / 1e9
        var kinds: [String: Int] = [:]
        for counts in totals.events.values { kinds.merge(counts) { $0 + $1 } }
        return [
            row(
                "agents", "a day of 1,000 agents, \(messages) messages, as fast as it goes: events counted",
                "events", Double(events)),
            row("others", "  webhooks about no mail, which count nothing", "", Double(totals.others)),
            row("repeats", "  webhooks that came again, which count nothing", "", Double(totals.repeats)),
        ]
            + kinds.sorted { $0.value > $1.value }.map { kind, count in
                row("events-\(kind)", "  \(kind), exact for each agent", "events", Double(count))
            } + [
                row("seconds", "  time for 24 hours of events, signing and folding included", "s", seconds),
                row("rate", "  webhooks accepted while sending", "/s", Double(course.accepted) / sending),
                row(
                    "cpu", "  CPU of the collector a webhook", "us", processor * 1e6 / Double(course.accepted)
                ),
                row(
                    "rss", "  most RSS from the second to the last tenth of the day, and the least", "MiB",
                    mebibytes(rest.max() ?? 0), best: mebibytes(rest.min() ?? 0)),
                row(
                    "rss-growth", "  growth of RSS from the second to the last tenth", "MiB",
                    mebibytes((rest.last ?? 0) - (rest.first ?? 0))),
            ]
            + course.resident.enumerated().map { place, bytes in
                row("rss-\(place + 1)", "    RSS after tenth \(place + 1)", "MiB", mebibytes(bytes))
            } + [
                row(
                    "anonymous", "  RSS at the end that no file stands behind", "MiB",
                    mebibytes(ProcFile.anonymousBytes(of: collector.process.identifier))),
                row(
                    "disk", "  disk that the data folder takes", "MiB",
                    mebibytes(ScratchFolder.fileBytes(at: data))),
            ]
    }
}
