/// What became of the requests of a schedule.
struct OpenLoadResult: Sendable {
    /// What became of one.
    enum Outcome: UInt8, Sendable {
        case accepted
        /// 503, with the time to come back at.
        case refused
        /// Any other answer.
        case failed
        /// Its connection was lost.
        case lost
        /// No connection was free for it for as long as a sender is patient.
        case unsent
    }

    /// One request.
    struct Request: Sendable {
        /// Nanoseconds from the start of the run to the time that it was to be sent at.
        var due: UInt64
        /// Nanoseconds from then to the answer.
        var latency: UInt64
        /// Nanoseconds from the sending to the answer.
        var service: UInt64
        var outcome: Outcome
    }

    private(set) var requests: [Request] = []
    /// Nanoseconds from the start to each 503 with `Retry-After` that came before the connection asked anything.
    private var turnedAway: [UInt64] = []

    init(capacity: Int) {
        requests.reserveCapacity(capacity)
    }

    mutating func add(_ request: Request) {
        requests.append(request)
    }

    mutating func addTurnedAway(at time: UInt64) {
        turnedAway.append(time)
    }

    /// Connections that were turned away within a time.
    func turnedAway(in time: Range<UInt64>) -> Int {
        turnedAway.count { time.contains($0) }
    }

    /// The requests that were due within a time.
    func figures(dueIn time: Range<UInt64>) -> OpenLoadFigures {
        OpenLoadFigures(requests.filter { time.contains($0.due) }, seconds: Double(time.count) / 1e9)
    }
}
