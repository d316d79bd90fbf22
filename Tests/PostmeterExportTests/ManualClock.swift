import Synchronization

@testable import PostmeterExport

/// A clock that stands until a test moves it on.
final class ManualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let end: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: UInt64 = 1_000_000_000
        var nextID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var clock: ExportClock {
        ExportClock(
            now: { self.state.withLock { $0.now } },
            sleep: { try await self.sleep($0) },
            unix: { self.unix }
        )
    }

    /// Nanoseconds since the Unix epoch.
    var unix: UInt64 { state.withLock { $0.now } + 1_700_000_000_000_000_000 }

    /// Moves the clock on and wakes those whose time has come.
    func advance(_ time: Duration) {
        let woken = state.withLock { state in
            state.now += time.clampedNanoseconds
            let now = state.now
            let woken = state.sleepers.filter { $0.end <= now }
            state.sleepers.removeAll { $0.end <= now }
            return woken
        }
        woken.forEach { $0.continuation.resume() }
    }

    /// Returns when so many tasks sleep.
    func sleeping(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    private func sleep(_ time: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isCancelled, reached) = state.withLock { state in
                    if state.cancelled.contains(id) {
                        return (true, [CheckedContinuation<Void, Never>]())
                    }
                    let end = state.now + time.clampedNanoseconds
                    state.sleepers.append(Sleeper(id: id, end: end, continuation: continuation))
                    let count = state.sleepers.count
                    let reached = state.watchers.filter { $0.count <= count }
                    state.watchers.removeAll { $0.count <= count }
                    return (false, reached.map(\.continuation))
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
                reached.forEach { $0.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.cancelled.insert(id)
                let sleeper = state.sleepers.first { $0.id == id }
                state.sleepers.removeAll { $0.id == id }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
