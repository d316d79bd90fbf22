internal import CPrimitives
internal import NIOCore

/// The state of a load generator, on its event loop: what to send, who sends it, and what came of it.
///
/// Each connection sends its next request when it has the answer to the last one, so connections that wait
/// are not counted as if they had been served: with a fixed number of connections, the rate is the figure.
final class Load: LoadDriver {
    private(set) var requests: any RequestSource
    private var connections: [LoadConnection] = []
    private var result = LoadResult()
    private var start: UInt64 = 0
    private var deadline: UInt64 = 0
    private var remaining = 0
    private var inFlight = 0
    private var done: EventLoopPromise<LoadResult>?

    init(_ requests: any RequestSource) {
        self.requests = requests
    }

    func sign(_ count: Int) {
        requests.sign(count)
    }

    var openConnections: Int { connections.count }

    func add(_ connection: LoadConnection) {
        connections.append(connection)
    }

    /// Sends on all connections until the time is over or `limit` requests are sent.
    func run(nanoseconds: UInt64, limit: Int, done: EventLoopPromise<LoadResult>) {
        self.done = done
        result = LoadResult()
        result.latencies.reserveCapacity(min(limit, requests.ready))
        start = pm_clock_monotonic()
        deadline = start &+ nanoseconds
        remaining = limit
        for connection in connections { connection.sendNext() }
        finishIfDone()
    }

    func take(into buffer: inout ByteBuffer, now: UInt64) -> UInt64? {
        guard now < deadline, remaining > 0, requests.take(into: &buffer) else { return nil }
        remaining -= 1
        inFlight += 1
        return now
    }

    func note(_ answer: LoadAnswer, on connection: LoadConnection) {
        inFlight -= 1
        if answer.isAccepted { result.accepted += 1 } else { result.refused += 1 }
        result.latencies.append(UInt32(clamping: answer.received - answer.sent))
        if !connection.sendNext() { finishIfDone() }
    }

    /// The connection is about to be lost, which spoils the run if it had to send.
    func noteUnasked(saysWhenToRetry: Bool) {}

    func lose(_ connection: LoadConnection, due: UInt64?) {
        connections.removeAll { $0 === connection }
        if due != nil {
            inFlight -= 1
            result.lost += 1
        }
        finishIfDone()
    }

    /// Ends the run when no answer is waited for.
    private func finishIfDone() {
        guard inFlight == 0, let done else { return }
        self.done = nil
        result.nanoseconds = pm_clock_monotonic() - start
        done.succeed(result)
    }
}
