import PostmeterModel
import Synchronization

/// Since when each series of a family has stood still.
final class IdleWatch: Sendable {
    private struct Stand {
        /// What tells its values apart.
        var mark: UInt64
        var since: UnixTime
    }

    private let limit: Duration
    private let stands = Mutex<[Series: Stand]>([:])

    /// Creates a watch that calls a series idle after this time.
    init(limit: Duration) {
        self.limit = limit
    }

    /// Looks at all series and returns those that have stood still for longer than the limit, with their marks.
    ///
    /// A series that is seen for the first time begins to stand still now.
    func idle(_ series: [(Series, mark: UInt64)], at now: UnixTime) -> [(Series, mark: UInt64)] {
        stands.withLock { stands in
            var next: [Series: Stand] = [:]
            next.reserveCapacity(series.count)
            var idle: [(Series, mark: UInt64)] = []
            for (series, mark) in series {
                var stand = stands[series] ?? Stand(mark: mark, since: now)
                if stand.mark != mark {
                    stand = Stand(mark: mark, since: now)
                }
                next[series] = stand
                // A clock that was set back makes nothing idle.
                if .seconds(now.seconds(since: stand.since)) > limit { idle.append((series, mark)) }
            }
            stands = next
            return idle
        }
    }
}
