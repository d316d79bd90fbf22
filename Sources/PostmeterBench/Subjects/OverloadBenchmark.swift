internal import PostmeterSimulator

/// More than the collector can take: what it refuses, what that costs, how long the rest waits, and how soon it
/// is over.
///
/// Requests leave on a schedule at shares of the rate that as many connections reached just before, each of which
/// sent its next request when it had an answer.
struct OverloadBenchmark: Benchmark {
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
        /// CPU of the collector and of this process in each phase, in seconds.
        let processor: [Double]
        let generator: [Double]
        let foreign: Double?

        func figures(_ phase: Phase) -> OpenLoadFigures {
            result.figures(dueIn: schedule.bounds(of: phase.rawValue))
        }
    }

    var trials: [Trial] {
        [OverloadKind.events, .crowd, .batches].map { kind in
            Trial(name: kind.name, isLong: kind != .events) { try await rows(kind, $0) }
        }
    }

    private func rows(_ kind: OverloadKind, _ harness: Harness) async throws -> [Row] {
        let data = try harness.scratch.folder("overload")
        defer { harness.scratch.remove(data) }
        let signer = KeyPairSigner()
        let collector = try MeasuredCollector(data: data, batchKey: signer.publicKey)
        defer { collector.stop() }
        let closed = try await LoadGenerator(port: collector.port, connections: kind.fewConnections) { _ in
            Load(try kind.requests(first: 0, signer: signer))
        }
        let figures = try await LoadFigures.measure(
            closed, against: collector.process, most: kind.most, harness)
        try await closed.close()
        let port = collector.port
        let open = try await LoadGenerator(port: port, connections: kind.connections) { loop in
            OpenLoad(
                try kind.requests(first: Self.firstOfSchedule, signer: signer), on: loop, port: port,
                connections: kind.connections)
        }
        let outcome = try await run(open, collector, rate: figures.rates.median, harness)
        try await open.close()
        let folded = try await collector.foldedEvents()
        let accepted = figures.accepted + outcome.result.requests.count { $0.outcome == .accepted }
        guard folded >= accepted * kind.events else {
            throw BenchmarkError(
                "\(accepted * kind.events) events were accepted, and only \(folded) counted")
        }
        return Self.rows(kind, outcome, figures)
    }

    private func run(
        _ generator: LoadGenerator<OpenLoad>, _ collector: MeasuredCollector, rate: Double,
        _ harness: Harness
    ) async throws -> Outcome {
        let scale = harness.isQuick ? 0.3 : 1
        let schedule = LoadSchedule(
            Phase.allCases.map { .init(rate: $0.share * rate, seconds: $0.seconds * scale) })
        try await generator.sign(schedule.count)
        let load = MachineLoad(children: [collector.process])
        async let result = generator.run(schedule)
        var marks = [collector.process.processorSeconds]
        var own = [MachineLoad.processSeconds()]
        let start = ContinuousClock.now
        for phase in schedule.phases.indices {
            try await Task.sleep(
                until: start + .nanoseconds(Int64(schedule.bounds(of: phase).upperBound)), clock: .continuous)
            marks.append(collector.process.processorSeconds)
            own.append(MachineLoad.processSeconds())
        }
        return Outcome(
            schedule: schedule, result: try await result,
            processor: zip(marks, marks.dropFirst()).map { $1 - $0 },
            generator: zip(own, own.dropFirst()).map { $1 - $0 }, foreign: load.foreignShare())
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

    private static func rows(_ kind: OverloadKind, _ outcome: Outcome, _ closed: LoadFigures) -> [Row] {
        func row(_ name: String, _ what: String, _ unit: String, _ value: Double, goal: Goal? = nil) -> Row {
            Row(
                name: "\(kind.name)\(name)", what: what, unit: unit, median: value, goal: goal,
                foreign: outcome.foreign)
        }
        func figure(_ number: Int) -> String { NumberFormat.figure(Double(number)) }
        let (half, whole, double) = (
            outcome.figures(.half), outcome.figures(.whole), outcome.figures(.double)
        )
        let usual = closed.processor.median / 1e6
        let spent = outcome.processor[Phase.double.rawValue] - usual * Double(double.count(.accepted))
        let refusals = double.count(.refused) + double.count(.failed)
        return [
            row(
                "",
                "rate of \(figure(kind.fewConnections)) connections that each wait for their answer, "
                    + (kind == .batches ? "batches of 100 events" : "1 KiB webhooks"), "/s",
                closed.rates.median),
            row(
                "-half-p99",
                "  at half on a schedule, \(figure(kind.connections)) connections: time from being due, p99",
                "ms",
                half.latency(0.99)),
            row("-whole", "  at all of it: accepted", "/s", whole.rate(.accepted)),
            row("-whole-p99", "    time from being due, p99", "ms", whole.latency(0.99)),
            row("-double", "  at twice of it: accepted", "/s", double.rate(.accepted)),
            row("-refused", "    refused with 503 and Retry-After", "/s", double.rate(.refused)),
            row(
                "-failed", "    refused otherwise, or connection lost", "/s",
                double.rate(.failed) + double.rate(.lost), goal: kind == .crowd ? nil : .atMost(0)),
            row(
                "-turned-away", "    connections turned away with 503 before they asked", "/s",
                Double(outcome.result.turnedAway(in: outcome.schedule.bounds(of: Phase.double.rawValue)))
                    / double.seconds),
            row(
                "-unsent", "    never sent, as no connection was free within a second", "/s",
                double.rate(.unsent)),
            row("-p50", "    accepted: time from being due, p50", "ms", double.latency(0.5)),
            row("-p99", "    accepted: time from being due, p99", "ms", double.latency(0.99)),
            row("-service-p99", "    accepted: time from being sent, p99", "ms", double.service(0.99)),
            row(
                "-refusal-cpu",
                "    CPU of the collector a refusal, when they are many, beside that of the accepted", "us",
                refusals < double.count(.accepted) / 10 ? .nan : spent * 1e6 / Double(refusals)),
            row(
                "-generator", "    CPU of the load generator, of one processor", "%",
                outcome.generator[Phase.double.rawValue] / double.seconds * 100),
            row(
                "-recovery", "  back at half: until nothing is refused and p99 is as before", "s",
                recovery(outcome) ?? .nan),
        ]
    }
}
