/// The pushers of a process, which are started, flushed and shut down together.
struct Pushers: Sendable {
    private let metrics: [MetricsPusher]
    private let records: [RecordPusher]

    /// Puts pushers together.
    init(metrics: [MetricsPusher], records: [RecordPusher]) {
        self.metrics = metrics
        self.records = records
    }

    /// Begins to push.
    func start() async {
        for pusher in metrics { await pusher.start() }
        for pusher in records { await pusher.start() }
    }

    /// Pushes everything that was recorded by now, all signals at a time, and returns when that is over.
    func flush() async {
        await withTaskGroup(of: Void.self) { group in
            for pusher in metrics { group.addTask { await pusher.push() } }
            for pusher in records { group.addTask { await pusher.flush() } }
        }
    }

    /// Pushes a last time and stops.
    ///
    /// Spans and log records go first, and have half of the time when there are metrics. Those go last, so
    /// that they tell what became of the others.
    ///
    /// - Returns: Whether everything was over within `deadline`.
    @discardableResult
    func shutdown(within deadline: Duration, clock: ExportClock = .system) async -> Bool {
        let end = clock.now() &+ deadline.clampedNanoseconds
        let share = metrics.isEmpty ? deadline : deadline / 2
        let isInTime = await withTaskGroup(of: Bool.self) { group in
            for pusher in records { group.addTask { await pusher.shutdown(within: share) } }
            return await group.reduce(true) { $0 && $1 }
        }
        let left = clock.timeLeft(until: end) ?? .zero
        return await withTaskGroup(of: Bool.self) { group in
            for pusher in metrics { group.addTask { await pusher.shutdown(within: left) } }
            return await group.reduce(isInTime) { $0 && $1 }
        }
    }
}
