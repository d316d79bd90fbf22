/// The times of `HTTPLimits` in nanoseconds.
struct HTTPTimeouts: Sendable {
    let head: UInt64
    let body: UInt64
    let idle: UInt64
    let answer: UInt64
    let write: UInt64
    let stream: UInt64
    let linger: UInt64
    private let longBodyRate: Double

    init(_ limits: HTTPLimits) {
        head = limits.headTimeout.nanosecondsClamped
        body = limits.bodyTimeout.nanosecondsClamped
        idle = limits.idleTimeout.nanosecondsClamped
        answer = limits.answerTimeout.nanosecondsClamped
        write = limits.writeTimeout.nanosecondsClamped
        stream = limits.streamTimeout.nanosecondsClamped
        linger = limits.lingerTimeout.nanosecondsClamped
        longBodyRate = Double(max(1, limits.longBodyBytesPerSecond))
    }

    /// From the head's end to more of a long body than the `bytes` that have arrived.
    ///
    /// A peer that sends nothing more is waited for no longer than for a short body.
    func longBody(after bytes: Int) -> UInt64 {
        body &+ UInt64(Double(max(0, bytes)) / longBodyRate * 1e9)
    }

    /// How often deadlines are looked at: a quarter of the shortest time, at least 5 and at most 250 ms.
    var sweepInterval: UInt64 {
        let shortest = [head, body, idle, answer, write, stream, linger].min() ?? 0
        return min(max(shortest / 4, 5_000_000), 250_000_000)
    }
}
