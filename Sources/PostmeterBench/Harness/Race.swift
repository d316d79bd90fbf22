internal import CPrimitives
internal import PostmeterJournal
internal import Synchronization

/// Threads that do the same at the same time.
final class Race: Sendable {
    private let threads: Int
    private let body: @Sendable () -> Void
    private let waiting = Atomic<Int>(0)
    private let laps: [Lap]

    /// The time that one thread took.
    private final class Lap: Sendable {
        let start = Atomic<UInt64>(0)
        let end = Atomic<UInt64>(0)
    }

    init(_ threads: Int = 2, _ body: @escaping @Sendable () -> Void) {
        self.threads = threads
        self.body = body
        laps = (0..<threads).map { _ in Lap() }
    }

    /// From the start of the first to the end of the last.
    func nanoseconds() throws -> UInt64 {
        let running = laps.compactMap { lap in JournalThread { self.run(lap) } }
        // Those that did begin must not wait for those that did not.
        if running.count < threads { waiting.store(threads, ordering: .releasing) }
        for thread in running { thread.join() }
        guard running.count == threads else { throw BenchmarkError("the system gives no thread") }
        let start = laps.map { $0.start.load(ordering: .acquiring) }.min() ?? 0
        let end = laps.map { $0.end.load(ordering: .acquiring) }.max() ?? 0
        return end - start
    }

    private func run(_ lap: Lap) {
        waiting.wrappingAdd(1, ordering: .acquiringAndReleasing)
        while waiting.load(ordering: .acquiring) < threads {}
        lap.start.store(pm_clock_monotonic(), ordering: .releasing)
        body()
        lap.end.store(pm_clock_monotonic(), ordering: .releasing)
    }
}

extension Harness {
    /// Measures `body`, which does `operations` of the same, on two threads at once.
    ///
    /// Samples are nanoseconds of the clock an operation of a thread.
    func race(
        operations: Int, runs: Int = 60, prepare: () -> Void = {}, _ body: @escaping @Sendable (Int) -> Void
    ) async throws -> Samples {
        try await collect(runs: runs) {
            prepare()
            return try Double(Race { body(operations) }.nanoseconds()) / Double(operations)
        }
    }
}
