import Synchronization

/// Waits for work that cannot be cancelled, but not for ever.
enum Deadline {
    /// Runs `work`; false when it was not over in time, and then it goes on by itself.
    static func run(
        within time: Duration,
        clock: ExportClock,
        _ work: @escaping @Sendable () async -> Void
    ) async -> Bool {
        let race = Race()
        let timer = Task {
            try? await clock.sleep(time)
            race.end(inTime: false)
        }
        Task {
            await work()
            race.end(inTime: true)
        }
        let isInTime = await race.result
        timer.cancel()
        return isInTime
    }

    /// Hears of the first end, and of no other.
    private final class Race: Sendable {
        private enum State {
            case running
            case awaited(CheckedContinuation<Bool, Never>)
            case over(inTime: Bool)
        }

        private let state = Mutex(State.running)

        var result: Bool {
            get async {
                await withCheckedContinuation { continuation in
                    let known: Bool? = state.withLock { state in
                        if case .over(let inTime) = state { return inTime }
                        state = .awaited(continuation)
                        return nil
                    }
                    if let known { continuation.resume(returning: known) }
                }
            }
        }

        func end(inTime: Bool) {
            let awaited: CheckedContinuation<Bool, Never>? = state.withLock { state in
                switch state {
                case .over:
                    return nil
                case .running:
                    state = .over(inTime: inTime)
                    return nil
                case .awaited(let continuation):
                    state = .over(inTime: inTime)
                    return continuation
                }
            }
            awaited?.resume(returning: inTime)
        }
    }
}
