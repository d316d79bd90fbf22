package import PostmeterMetrics
package import PostmeterModel
package import PostmeterOTLP
import PostmeterTransport

/// Pushes all series of a registry, again and again.
///
/// One push is under way at a time, and what a push could not bring the next one does. Sums go on by
/// themselves. Differences go back to the last push that the receiver took, wholly or but for items that it
/// rejected: the push after a failed one covers the time of both.
///
/// When a push of differences was sent and no answer came, the receiver may have taken it. It is then kept
/// and sent again as it was, before anything newer is read. So no difference is lost while the process lives,
/// and a receiver that looks at the times of points finds the same twice, never two that overlap, and counts
/// it once; one that does not look counts it twice. To count twice rather than to lose is what OTLP chose.
/// Should the repeated push be refused for good it is not kept, and the next one covers its time too.
///
/// Source: OTLP specification, "Duplicate Data"; metrics data model, "Temporality" and "Single-Writer".
package actor MetricsPusher {
    /// The body of one push.
    private struct Push {
        let body: [UInt8]
        let points: Int
    }

    private let reader: MetricsReader
    private let hasDifferences: Bool
    private let encoder: OTLPEncoder
    private let sender: OTLPSender
    private let interval: Duration
    private let timeout: Duration
    private let clock: ExportClock
    private let includesDurable: @Sendable () -> Bool
    private var last: Task<Void, Never>?
    private var loop: Task<Void, Never>?
    /// What was read last and perhaps taken by the receiver; nothing is read before that is known.
    private var unanswered: Push?
    /// When the shutdown must be over, by the clock; nil before it has begun.
    private var end: UInt64?

    /// Prepares a pusher; ``start()`` sets it going.
    ///
    /// - Parameters:
    ///   - registry: What is pushed.
    ///   - temporality: Which instruments are pushed as differences. Those of durable families begin anew
    ///     with each process, with all that was restored: where there are such families, push sums.
    ///   - encoder: Knows the resource.
    ///   - target: The receiver; its timeout holds for all tries of one push together.
    ///   - transport: What sends.
    ///   - health: Counts the pushes.
    ///   - interval: The time from one push to the next.
    ///   - includesDurable: Whether durable families are in a push; false while they are being restored.
    package init(
        registry: MetricsRegistry,
        temporality: TemporalityPreference = .cumulative,
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        interval: Duration = .seconds(60),
        clock: ExportClock = .system,
        includesDurable: @escaping @Sendable () -> Bool = { true },
        diagnostics: Diagnostics = .silent
    ) {
        reader = MetricsReader(registry, temporality: temporality, audience: .pushes)
        hasDifferences = temporality != .cumulative
        self.encoder = encoder
        self.interval = max(interval, .milliseconds(1))
        timeout = target.timeout
        self.clock = clock
        self.includesDurable = includesDurable
        sender = OTLPSender(
            .metrics,
            to: target,
            by: transport,
            health: health,
            clock: clock,
            diagnostics: diagnostics
        )
    }

    /// Begins to push, the first time after one interval.
    package func start() {
        guard loop == nil, end == nil else { return }
        loop = Task { [weak self, interval, clock] in
            while !Task.isCancelled {
                do { try await clock.sleep(interval) } catch { return }
                guard let self else { return }
                await self.push()
            }
        }
    }

    /// Pushes now, after the push that is under way, and returns when it is over.
    package func push() async {
        guard end == nil else { return }
        await enqueue().value
    }

    /// Pushes a last time and stops.
    ///
    /// - Returns: Whether that push was over within `deadline`.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        guard end == nil else { return true }
        end = clock.now() &+ deadline.clampedNanoseconds
        loop?.cancel()
        let final = enqueue()
        return await Deadline.run(within: deadline, clock: clock) { await final.value }
    }

    /// Lines a push up behind the last one.
    private func enqueue() -> Task<Void, Never> {
        let previous = last
        let task = Task {
            await previous?.value
            await export()
        }
        last = task
        return task
    }

    private func export() async {
        if let unanswered {
            guard await send(unanswered) else { return }
        }
        guard timeLeft() != nil else { return }
        let snapshot = reader.read(includingDurable: includesDurable())
        guard let body = encoder.metrics(snapshot) else {
            // Nothing has changed: the next differences begin here.
            reader.commit()
            return
        }
        _ = await send(Push(body: body, points: snapshot.families.reduce(0) { $0 + $1.identities.count }))
    }

    /// Sends what was read last and returns whether the receiver has taken it.
    private func send(_ push: Push) async -> Bool {
        guard let deadline = timeLeft() else { return false }
        let result = await sender.send(push.body, items: push.points, deadline: deadline, isLost: false)
        switch result {
        case .accepted, .partial:
            reader.commit()
            unanswered = nil
            return true
        case .failed(_, .refused):
            unanswered = nil
        case .failed(_, .away):
            break
        case .failed(_, .unanswered):
            if hasDifferences { unanswered = push }
        }
        return false
    }

    /// The time that the next request may take, with all its tries; nil when there is none any more.
    private func timeLeft() -> Duration? {
        guard let end else { return timeout }
        return clock.timeLeft(until: end).map { min(timeout, $0) }
    }
}
