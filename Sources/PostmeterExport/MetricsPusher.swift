import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP

/// Pushes all series of a registry to one target, again and again, in as many requests as the size limit asks.
///
/// One push is under way at a time, and what a push could not bring the next one does. Sums go on by
/// themselves. Differences go back to the last push that the receiver took, wholly or but for items that it
/// rejected, or that is on disk: the push after a failed one covers the time of both.
///
/// When a push of differences was sent and no answer came, or the receiver took only some of its requests, it is
/// kept and gone on with as it was, before anything newer is read. So no difference is lost while the process
/// lives, and a receiver that looks at the times of points finds the same twice, never two that overlap, and
/// counts it once; one that does not look counts it twice. To count twice rather than to lose is what OTLP chose.
/// Should the repeated push be refused for good it is not kept, and the next one covers its time too.
///
/// With a spool, a push that is not taken goes to disk and counts as taken.
///
/// Source: OTLP specification, "Duplicate Data"; metrics data model, "Temporality" and "Single-Writer".
package actor MetricsPusher {
    /// What was read at one time, as far as it still has to go out.
    private struct Push {
        var current: OTLPBody?
        var rest: MetricsBodies
        /// Whether a part of it was taken, or perhaps was.
        var hasBegun = false
        /// Items of parts that the receiver will not have.
        var refused = 0
        var isTaken = false
    }

    /// How long what is left may take to get to disk at the end.
    private static let storingTime = Duration.seconds(5)

    private let reader: MetricsReader
    private let hasDifferences: Bool
    private let encoder: OTLPEncoder
    private let lane: ExportLane
    private let interval: Duration
    private let timeout: Duration
    private let bodyLimit: Int
    private let clock: ExportClock
    private let includesDurable: @Sendable () -> Bool
    private var last: Task<Void, Never>?
    private var loop: Task<Void, Never>?
    /// A push of differences that was begun; nothing is read before it is over.
    private var kept: Push?
    /// When a push last went to disk, by the clock.
    private var lastStored: UInt64?
    /// When the shutdown must be over, by the clock; nil before it has begun.
    private var end: UInt64?

    /// Prepares a pusher; ``start()`` sets it going.
    ///
    /// - Parameters:
    ///   - registry: What is pushed.
    ///   - temporality: Which instruments are pushed as differences; those of durable families go as sums.
    ///   - encoder: Knows the resource.
    ///   - lane: The way to the receiver; nobody else may use it.
    ///   - interval: The time from one push to the next.
    ///   - timeout: The time for all tries of one push together.
    ///   - bodyLimit: The most bytes of a request, before compression.
    ///   - includesDurable: Whether durable families are in a push; false while they are being restored.
    init(
        registry: MetricsRegistry,
        temporality: TemporalityPreference,
        encoder: OTLPEncoder,
        lane: ExportLane,
        interval: Duration,
        timeout: Duration,
        bodyLimit: Int,
        clock: ExportClock,
        includesDurable: @escaping @Sendable () -> Bool
    ) {
        reader = MetricsReader(registry, temporality: temporality, audience: .pushes)
        hasDifferences = temporality != .cumulative
        self.encoder = encoder
        self.lane = lane
        self.interval = max(interval, .milliseconds(1))
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.clock = clock
        self.includesDurable = includesDurable
    }

    /// Begins to push, the first time after one interval; what an earlier process left on disk goes first.
    package func start() async {
        guard loop == nil, end == nil else { return }
        loop = Task { [weak self, interval, clock] in
            while !Task.isCancelled {
                do { try await clock.sleep(interval) } catch { return }
                guard let self else { return }
                await self.pushInTurn()
            }
        }
        await lane.start()
    }

    /// Pushes now, after the push that is under way, and returns when it was taken, or is on disk, or failed.
    package func push() async {
        guard end == nil else { return }
        await enqueue(isForced: true).value
    }

    /// Pushes a last time and stops.
    ///
    /// What is not taken by the receiver within `deadline` goes to the spool, when there is one.
    ///
    /// - Returns: Whether that push was over within `deadline`.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        guard end == nil else { return true }
        let end = clock.now() &+ deadline.clampedNanoseconds
        self.end = end
        await lane.close(by: end)
        loop?.cancel()
        let final = enqueue(isForced: true)
        let isInTime = await Deadline.run(within: deadline, clock: clock) { [lane] in
            await final.value
            await lane.rest()
        }
        if lane.isSpooled {
            _ = await Deadline.run(within: Self.storingTime, clock: clock) { [lane] in
                await lane.store()
                await final.value
            }
        }
        await lane.close()
        return isInTime
    }

    /// Pushes as at the end of an interval: sums are left out of the spool where they would be too close.
    func pushInTurn() async {
        guard end == nil else { return }
        await enqueue(isForced: false).value
    }

    /// Lines a push up behind the last one.
    private func enqueue(isForced: Bool) -> Task<Void, Never> {
        let previous = last
        let task = Task {
            await previous?.value
            await export(isForced: isForced)
        }
        last = task
        return task
    }

    private func export(isForced: Bool) async {
        if let kept {
            self.kept = nil
            guard await send(kept) else { return }
        }
        guard lane.isSpooled || timeLeft() != nil else { return }
        if !isForced, !hasDifferences, await lane.thins(interval: interval, lastStored: lastStored) {
            lane.health.countThinned()
            return
        }
        let snapshot = reader.read(includingDurable: includesDurable())
        var bodies = encoder.metricsBodies(snapshot, bodyLimit: bodyLimit)
        guard let first = bodies.next() else {
            // Nothing has changed: the next differences begin here.
            reader.commit()
            return
        }
        _ = await send(Push(current: first, rest: bodies))
    }

    /// Sends what was read last, one request after the other, and returns whether all of it is over.
    private func send(_ begun: Push) async -> Bool {
        var push = begun
        let pushEnd = min(clock.now() &+ timeout.clampedNanoseconds, end ?? .max)
        while let body = push.current {
            switch await deliver(body, by: pushEnd) {
            case .accepted:
                (push.hasBegun, push.isTaken) = (true, true)
            case .stored:
                (push.hasBegun, push.isTaken) = (true, true)
                lastStored = clock.now()
            case .refused:
                push.refused += body.items
            case .unanswered:
                push.hasBegun = true
                if hasDifferences { kept = push }
                return false
            case .failed:
                if hasDifferences, push.hasBegun { kept = push }
                return false
            }
            push.current = push.rest.next()
        }
        // Without a part that was taken there is nothing to begin anew from.
        guard push.isTaken else { return false }
        lane.health.countItems(accepted: 0, rejected: push.refused)
        reader.commit()
        return true
    }

    /// Hands a body to the lane and returns what became of it.
    private func deliver(_ body: OTLPBody, by end: UInt64) async -> LaneBatch.Fate {
        await withCheckedContinuation { continuation in
            lane.queue.append(
                LaneBatch(
                    body: body.bytes,
                    items: body.items,
                    isDifferences: hasDifferences,
                    end: end,
                    completion: { continuation.resume(returning: $0) }
                )
            )
            Task { [lane] in await lane.wake() }
        }
    }

    /// The time that is left for another push; nil when there is none any more.
    private func timeLeft() -> Duration? {
        guard let end else { return timeout }
        return clock.timeLeft(until: end).map { min(timeout, $0) }
    }
}
