import CPrimitives
import Glibc

/// A value behind one lock, with conditions to wait on that go by the monotonic clock.
///
/// The standard library's `Mutex` has no condition to wait on.
final class Monitor<State>: @unchecked Sendable {
    /// What a thread can wait for.
    enum Condition: Int, CaseIterable {
        case writer, preparer, followers
    }

    // Safe because `state` is only touched between locking and unlocking `mutex`, and the other two are made
    // to be shared; all three live as long as this object.
    private let state: UnsafeMutablePointer<State>
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let conditions: UnsafeMutablePointer<pthread_cond_t>

    init(_ initial: State) {
        state = .allocate(capacity: 1)
        state.initialize(to: initial)
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        conditions = .allocate(capacity: Condition.allCases.count)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        for index in Condition.allCases.indices { pthread_cond_init(conditions + index, &attributes) }
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        for index in Condition.allCases.indices { pthread_cond_destroy(conditions + index) }
        pthread_mutex_destroy(mutex)
        conditions.deallocate()
        mutex.deallocate()
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Runs `body` under the lock; it must be short and must not call this monitor, `wake` aside.
    func withLock<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state.pointee)
    }

    /// Runs `attempt` under the lock until it returns a value, waiting for `condition` between the tries; nil
    /// once the monotonic clock has reached `deadline`, in nanoseconds.
    ///
    /// Each try is an access of its own: the state changes while this thread waits.
    func wait<Result>(
        for condition: Condition,
        until deadline: UInt64? = nil,
        _ attempt: (inout State) -> Result?
    ) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = attempt(&state.pointee) { return result }
            guard let deadline else {
                pthread_cond_wait(conditions + condition.rawValue, mutex)
                continue
            }
            if pm_clock_monotonic() >= deadline { return nil }
            var time = timespec(
                tv_sec: Int(deadline / 1_000_000_000),
                tv_nsec: Int(deadline % 1_000_000_000)
            )
            _ = pthread_cond_timedwait(conditions + condition.rawValue, mutex, &time)
        }
    }

    /// Wakes all threads that wait for `condition`.
    func wake(_ condition: Condition) {
        pthread_cond_broadcast(conditions + condition.rawValue)
    }
}
