internal import CPrimitives

/// More than the collector can take: what it refuses, what that costs, how long the rest waits, and how soon it
/// is over.
///
/// Requests leave on a schedule at shares of the rate that as many connections reached just before, each of which
/// sent its next request when it had an answer.
struct OverloadBenchmark: Benchmark {
    private static let connections = 1_024
    /// Numbers of webhooks from here on are the schedule's.
    private static let firstOfSchedule = 100_000_000
    /// Nanoseconds of a part of the time after the overload, and how many in a row must be as before.
    private static let window: UInt64 = 100_000_000
    private static let windows = 3

    /// The phases of the schedule, by the share of the rate.
    private enum Phase: Int, CaseIterable {
        case half, whole, pause, double, after

        var share: Double {
            switch self {
            case .half, .pause, .after: 0.5
            case .whole: 1
            case .double: 2
            }
        }

        var seconds: Double {
            switch self {
            case .half, .whole: 3
            case .pause: 2
            case .double, .after: 5
            }
        }
    }

    /// What came of a schedule.
    private struct Outcome {
        let schedule: LoadSchedule
        let result: OpenLoadResult
        /// CPU of the collector in each phase, in seconds.
        let processor: [Double]
        let foreign: Double?

        func figures(_ phase: Phase) -> OpenLoadFigures {
            result.figures(dueIn: schedule.bounds(of: phase.rawValue))
        }
    }

    var trials: [Trial] {
        [Trial(name: "intake/overload") { try await rows($0) }]
    }

    private func rows(_ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("overload")
        defer { harness.scratch.remove(data) }
        let collector = try MeasuredCollector(data: data)
        defer { collector.stop() }
        let closed = try await closedRate(collector, harness)
        let outcome = try await run(collector, rate: closed.rate, harness)
        let folded = try await collector.foldedEvents()
        let accepted = closed.accepted + outcome.result.requests.count { $0.outcome == .accepted }
        guard folded >= accepted else {
            throw BenchmarkError("\(accepted) webhooks were accepted, and only \(folded) events counted")
        }
        return Self.rows(of: outcome, closed.rate)
    }

    /// What the connections reach when each waits for its answers.
    private func closedRate(
        _ collector: MeasuredCollector, _ harness: Harness
    ) async throws -> (rate: Double, accepted: Int) {
        let generator = try await IntakeBenchmark.generator(
            port: collector.port, agents: 50, connections: Self.connections)
        let figures = try await LoadFigures.measure(
            generator, against: collector.process, most: IntakeBenchmark.most, harness)
        try await generator.close()
        return (figures.rates.median, figures.accepted)
    }

    private func run(
        _ collector: MeasuredCollector, rate: Double, _ harness: Harness
    ) async throws -> Outcome {
        let scale = harness.isQuick ? 0.3 : 1
        let schedule = LoadSchedule(
            Phase.allCases.map { .init(rate: $0.share * rate, seconds: $0.seconds * scale) })
        let port = collector.port
        let generator = try await LoadGenerator(port: port, connections: Self.connections) { loop in
            let requests = try IntakeBenchmark.requests(agents: 50, first: Self.firstOfSchedule)
            return OpenLoad(requests, on: loop, port: port)
        }
        try await generator.sign(schedule.count)
        let load = MachineLoad(children: [collector.process])
        async let result = generator.run(schedule)
        var marks = [collector.process.processorSeconds]
        let start = ContinuousClock.now
        for phase in schedule.phases.indices {
            try await Task.sleep(
                until: start + .nanoseconds(Int64(schedule.bounds(of: phase).upperBound)), clock: .continuous)
            marks.append(collector.process.processorSeconds)
        }
        let outcome = Outcome(
            schedule: schedule, result: try await result,
            processor: zip(marks, marks.dropFirst()).map { $1 - $0 }, foreign: load.foreignShare())
        try await generator.close()
        return outcome
    }

    /// Seconds from the end of the overload until nothing is refused and the p99 is at most twice what it was
    /// at half the rate before, or 25 ms; nil when that did not come.
    private static func recovery(_ outcome: Outcome) -> Double? {
        let bound = max(25, 2 * outcome.figures(.half).latency(0.99))
        let time = outcome.schedule.bounds(of: Phase.after.rawValue)
        var clean = 0
        for start in stride(from: time.lowerBound, to: time.upperBound - window, by: Int(window)) {
            let figures = outcome.result.figures(dueIn: start..<(start + window))
            let isClean =
                figures.count(.accepted) > 0 && figures.latency(0.99) <= bound
                && [.refused, .failed, .lost, .unsent].allSatisfy { figures.count($0) == 0 }
            clean = isClean ? clean + 1 : 0
            let before = UInt64(windows - 1) * window
            if clean == windows { return Double(start - before - time.lowerBound) / 1e9 }
        }
        return nil
    }

    private static func rows(of outcome: Outcome, _ rate: Double) -> [Row] {
        func row(_ name: String, _ what: String, _ unit: String, _ value: Double, goal: Goal? = nil) -> Row {
            Row(
                name: "intake/overload\(name)", what: what, unit: unit, median: value, goal: goal,
                foreign: outcome.foreign)
        }
        let (half, whole, double) = (
            outcome.figures(.half), outcome.figures(.whole), outcome.figures(.double)
        )
        let usual = outcome.processor[Phase.half.rawValue] / Double(max(1, half.count(.accepted)))
        let spent = outcome.processor[Phase.double.rawValue] - usual * Double(double.count(.accepted))
        let refusals = double.count(.refused) + double.count(.failed)
        return [
            row("", "rate of 1,024 connections, each waiting for its answer", "/s", rate),
            row(
                "-half-p99", "  at half of it on a schedule: time from being due, p99", "ms",
                half.latency(0.99)),
            row("-whole", "  at all of it: accepted", "/s", whole.rate(.accepted)),
            row("-whole-p99", "    time from being due, p99", "ms", whole.latency(0.99)),
            row("-double", "  at twice of it: accepted", "/s", double.rate(.accepted)),
            row("-refused", "    refused with 503 and Retry-After", "/s", double.rate(.refused)),
            row(
                "-failed", "    refused otherwise, or connection lost", "/s",
                double.rate(.failed) + double.rate(.lost), goal: .atMost(0)),
            row(
                "-unsent", "    no connection was free within a second, since earlier answers were not there",
                "/s", double.rate(.unsent)),
            row("-p50", "    accepted: time from being due, p50", "ms", double.latency(0.5)),
            row("-p99", "    accepted: time from being due, p99", "ms", double.latency(0.99)),
            row("-service-p99", "    accepted: time from being sent, p99", "ms", double.service(0.99)),
            row(
                "-refusal-cpu", "    CPU of the collector a refusal, beside that of the accepted", "us",
                refusals == 0 ? .nan : spent * 1e6 / Double(refusals)),
            row(
                "-recovery", "  back at half: until nothing is refused and p99 is as before", "s",
                recovery(outcome) ?? .nan),
        ]
    }
}
