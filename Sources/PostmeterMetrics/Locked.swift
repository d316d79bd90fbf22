import Glibc

/// A value that one thread at a time may use.
///
/// It is what `Synchronization.Mutex` is, on a lock that ThreadSanitizer can see: it does not know the other's,
/// and reports what that guards as races.
final class Locked<Value: Sendable>: @unchecked Sendable {
    // Safe because the value is reached only between locking and unlocking.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    init(_ value: Value) {
        self.value = value
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Waits for the value and lends it to `body`, which must not come back for it.
    func withLock<Result, Failure>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result
    {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value)
    }
}
