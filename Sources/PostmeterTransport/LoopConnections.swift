internal import Glibc
internal import NIOCore

/// The connections of one listener on one event loop, their deadlines and the date they put on responses.
///
/// Used on its loop only.
final class LoopConnections {
    let eventLoop: any EventLoop
    private let sweepInterval: TimeAmount
    private let streamLimit: Int
    private let headStart: UInt64
    private var streams = 0
    /// Where the next look for a connection to close begins.
    private var evictionStart = 0
    /// Peers that were refused a connection and are let read why.
    private var refusals = 0
    private var connections: [HTTPConnection] = []
    private var sweep: Scheduled<Void>?
    private var drained: EventLoopPromise<Void>?
    private var date: (second: Int, text: String) = (-1, "")

    /// Whether no further request is to be taken.
    private(set) var isClosing = false

    init(eventLoop: any EventLoop, sweepInterval: UInt64, streamLimit: Int, headStart: UInt64) {
        self.eventLoop = eventLoop
        self.streamLimit = streamLimit
        self.headStart = headStart
        self.sweepInterval = .nanoseconds(Int64(sweepInterval))
    }

    private static let evictionLooks = 512
    private static let refusalLimit = 256

    func add(_ connection: HTTPConnection) {
        connection.position = connections.count
        connections.append(connection)
        if sweep == nil {
            scheduleSweep()
        }
    }

    func remove(_ connection: HTTPConnection) {
        let position = connection.position
        guard position < connections.count, connections[position] === connection else {
            return
        }
        let last = connections.removeLast()
        if last !== connection {
            last.position = position
            connections[position] = last
        }
        if connections.isEmpty {
            sweep?.cancel()
            sweep = nil
            drained?.succeed()
            drained = nil
        }
    }

    /// Closes the connection with which the least is lost, and of several that whose peer has been waited for
    /// longest, to make room; false when there is none.
    ///
    /// Those that are new to their wait come last: they have not had the time to go on. Of these, one that got an
    /// answer before is left alone, since its next request may be on its way. Of very many connections some hundreds
    /// are looked at, others each time.
    func evict() -> Bool {
        let now = MonotonicClock.now()
        var chosen: (rank: Int, since: UInt64, connection: HTTPConnection)?
        let looks = min(connections.count, Self.evictionLooks)
        for look in 0..<looks {
            let connection = connections[(evictionStart + look) % connections.count]
            guard var rank = connection.evictionRank else {
                continue
            }
            let since = connection.waitingSince
            if now < since &+ headStart {
                guard !connection.wasServed else { continue }
                rank += HTTPConnection.evictionRanks
            }
            if chosen.map({ (rank, since) < ($0.rank, $0.since) }) ?? true {
                chosen = (rank, since, connection)
            }
        }
        evictionStart = connections.isEmpty ? 0 : (evictionStart + looks) % connections.count
        chosen?.connection.makeRoom()
        return chosen != nil
    }

    /// Takes a place among the streams, from the one that has waited longest for its peer when there is none
    /// left; false when none waits.
    func takeStreamSlot() -> Bool {
        if streams >= streamLimit {
            let stalled = connections.lazy.filter { $0.streamed?.stalledSince != nil }
            let longest = stalled.min { left, right in
                (left.streamed?.stalledSince ?? .max) < (right.streamed?.stalledSince ?? .max)
            }
            longest?.cutStream(because: .displaced)
        }
        guard streams < streamLimit else {
            return false
        }
        streams += 1
        return true
    }

    /// Gives a place among the streams back.
    func returnStreamSlot() {
        streams -= 1
    }

    /// Takes a place among the refused that are waited for; false when there is none.
    func takeRefusalSlot() -> Bool {
        guard refusals < Self.refusalLimit else { return false }
        refusals += 1
        return true
    }

    /// Gives a place among the refused back.
    func returnRefusalSlot() {
        refusals -= 1
    }

    /// The present date as responses carry it.
    func dateText() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        if time.tv_sec != date.second {
            date = (time.tv_sec, HTTPDate.format(Int64(max(0, time.tv_sec))))
        }
        return date.text
    }

    /// Ends all connections as soon as their requests are answered, and after `grace` in any case.
    func close(grace: UInt64) -> EventLoopFuture<Void> {
        isClosing = true
        for connection in connections.reversed() {
            connection.shutDown()
        }
        guard !connections.isEmpty else {
            return eventLoop.makeSucceededVoidFuture()
        }
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let end = eventLoop.scheduleTask(in: .nanoseconds(Int64(grace))) {
            for connection in bound.value.connections.reversed() {
                connection.closeNow()
            }
        }
        return promise.futureResult.always { _ in end.cancel() }
    }

    private func scheduleSweep() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweep = eventLoop.scheduleTask(in: sweepInterval) {
            bound.value.expireConnections()
        }
    }

    private func expireConnections() {
        let now = MonotonicClock.now()
        // From the end, because a connection that closes is replaced by the last one, which has been seen.
        for index in connections.indices.reversed() where index < connections.count {
            if connections[index].deadline <= now {
                connections[index].expire(now: now)
            }
        }
        sweep = nil
        if !connections.isEmpty {
            scheduleSweep()
        }
    }
}
