/// When requests are to leave, whatever becomes of those before them.
struct LoadSchedule: Sendable {
    /// A time with one rate.
    struct Phase: Sendable {
        /// Requests a second.
        var rate: Double
        var seconds: Double

        var requests: Int { Int(rate * seconds) }
    }

    /// A phase that is over before another begins.
    private struct Stretch: Sendable {
        var first: Int
        var start: Double
        var interval: Double
    }

    let phases: [Phase]
    /// How many requests there are.
    let count: Int
    /// Nanoseconds from the start to the end.
    let nanoseconds: UInt64
    private let stretches: [Stretch]

    init(_ phases: [Phase]) {
        self.phases = phases
        var stretches: [Stretch] = []
        var (count, time) = (0, 0.0)
        for phase in phases {
            stretches.append(Stretch(first: count, start: time, interval: 1e9 / phase.rate))
            count += phase.requests
            time += phase.seconds * 1e9
        }
        self.stretches = stretches
        self.count = count
        nanoseconds = UInt64(time)
    }

    /// Nanoseconds from the start to the time of a request.
    func time(of request: Int) -> UInt64 {
        var stretch = stretches.startIndex
        while stretch + 1 < stretches.endIndex, stretches[stretch + 1].first <= request { stretch += 1 }
        let (start, interval) = (stretches[stretch].start, stretches[stretch].interval)
        return UInt64(start + Double(request - stretches[stretch].first) * interval)
    }

    /// Nanoseconds from the start to the beginning and the end of a phase.
    func bounds(of phase: Int) -> Range<UInt64> {
        let start = UInt64(stretches[phase].start)
        return start..<(start + UInt64(phases[phase].seconds * 1e9))
    }
}
