/// Lets requests through at a rate: `burst` at once, and one more each interval.
///
/// A bucket of tokens, kept as the time at which it is full again.
struct RateGate {
    private var fullAt: UInt64 = 0

    /// Takes a request at `now`, in nanoseconds of a clock that never jumps; false when it is one too many.
    mutating func take(_ limit: ListenerSecurity.RateLimit, now: UInt64) -> Bool {
        let (room, overflows) = limit.interval.multipliedReportingOverflow(
            by: UInt64(max(1, limit.burst) - 1))
        let start = max(fullAt, now)
        guard overflows || start - now <= room else {
            return false
        }
        let (end, endOverflows) = start.addingReportingOverflow(limit.interval)
        fullAt = endOverflows ? .max : end
        return true
    }
}
