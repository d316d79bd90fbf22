internal import CPrimitives
internal import NIOCore

/// The state of a load generator that sends on a schedule, on its event loop.
///
/// A request is due whether or not earlier ones were answered, and its latency counts from then, so what waits
/// is not left out. It waits for a free connection, up to a sender's patience. A connection that was closed is
/// opened again while there is a run.
final class OpenLoad: LoadDriver {
    /// Nanoseconds that a request waits for a connection.
    static let patience: UInt64 = 1_000_000_000
    /// Nanoseconds after the last time of the schedule in which answers are waited for.
    private static let grace: UInt64 = 35_000_000_000
    private static let tick = TimeAmount.microseconds(500)
    /// Connections that are opened at a tick.
    private static let connectsEachTick = 20
    /// As `Retry-After` has it at the least.
    private static let pauseBeforeReconnect = TimeAmount.seconds(1)

    private let loop: any EventLoop
    private let port: Int
    private let connections: Int
    private var requests: any RequestSource
    private var open: [ObjectIdentifier: LoadConnection] = [:]
    /// Connections that are to be opened now.
    private var missing = 0
    private var idle = CircularBuffer<LoadConnection>()
    private var schedule = LoadSchedule([])
    private var result = OpenLoadResult(capacity: 0)
    private var start: UInt64 = 0
    /// The first request of the schedule that was neither sent nor given up.
    private var next = 0
    private var inFlight = 0
    private var done: EventLoopPromise<OpenLoadResult>?
    private var pacing: RepeatedTask?

    /// - Parameter connections: How many connections there are to be.
    init(_ requests: any RequestSource, on loop: any EventLoop, port: Int, connections: Int) {
        self.connections = connections
        self.requests = requests
        self.loop = loop
        self.port = port
    }

    func sign(_ count: Int) {
        requests.sign(count)
    }

    /// It opens them again by itself, and as many as the server lets it have.
    var openConnections: Int { connections }

    func add(_ connection: LoadConnection) {
        open[ObjectIdentifier(connection)] = connection
        idle.append(connection)
    }

    /// Sends what a schedule says.
    func run(_ schedule: LoadSchedule, done: EventLoopPromise<OpenLoadResult>) {
        self.schedule = schedule
        self.done = done
        result = OpenLoadResult(capacity: schedule.count)
        next = 0
        missing = max(0, connections - open.count)
        start = pm_clock_monotonic()
        let bound = NIOLoopBound(self, eventLoop: loop)
        pacing = loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.tick) { _ in bound.value.pace() }
    }

    func take(into buffer: inout ByteBuffer, now: UInt64) -> UInt64? {
        while next < schedule.count {
            let time = schedule.time(of: next)
            let due = start &+ time
            guard due <= now else { return nil }
            next += 1
            guard now - due <= Self.patience, requests.take(into: &buffer) else {
                result.add(.init(due: time, latency: 0, service: 0, outcome: .unsent))
                continue
            }
            inFlight += 1
            return due
        }
        return nil
    }

    func note(_ answer: LoadAnswer, on connection: LoadConnection) {
        inFlight -= 1
        result.add(
            .init(
                due: answer.due - start, latency: answer.received - answer.due,
                service: answer.received - answer.sent,
                outcome: answer.isAccepted ? .accepted : answer.saysWhenToRetry ? .refused : .failed))
        if !connection.sendNext() { idle.append(connection) }
    }

    func noteUnasked(saysWhenToRetry: Bool) {
        guard done != nil, saysWhenToRetry else { return }
        result.addTurnedAway(at: pm_clock_monotonic() - start)
    }

    func lose(_ connection: LoadConnection, due: UInt64?) {
        open[ObjectIdentifier(connection)] = nil
        if let due {
            inFlight -= 1
            result.add(.init(due: due - start, latency: 0, service: 0, outcome: .lost))
        }
        guard done != nil else { return }
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: Self.pauseBeforeReconnect) { bound.value.missing += 1 }
    }

    private func connect() {
        for _ in 0..<min(missing, Self.connectsEachTick) {
            missing -= 1
            LoadConnection.connect(to: port, on: loop, for: NIOLoopBound(self, eventLoop: loop))
                .whenFailure { [bound = NIOLoopBound(self, eventLoop: loop)] _ in bound.value.missing += 1 }
        }
    }

    /// Sends what is due on the connections that are free.
    private func pace() {
        while let connection = idle.first, next < schedule.count {
            guard connection.isOpen else {
                idle.removeFirst()
                continue
            }
            guard connection.sendNext() else { break }
            idle.removeFirst()
        }
        connect()
        let isLate = pm_clock_monotonic() > start &+ schedule.nanoseconds &+ Self.grace
        guard next == schedule.count && inFlight == 0 || isLate, let done else { return }
        pacing?.cancel()
        pacing = nil
        self.done = nil
        noteUnanswered()
        done.succeed(result)
    }

    /// Takes down what waits in vain.
    private func noteUnanswered() {
        for due in open.values.compactMap(\.due) {
            result.add(.init(due: due - start, latency: 0, service: 0, outcome: .lost))
        }
        for request in next..<schedule.count {
            result.add(.init(due: schedule.time(of: request), latency: 0, service: 0, outcome: .unsent))
        }
    }
}

extension LoadGenerator where Driver == OpenLoad {
    /// Sends what a schedule says, and waits for the last answer.
    func run(_ schedule: LoadSchedule) async throws -> OpenLoadResult {
        try await run { load, done in load.run(schedule, done: done) }
    }
}
