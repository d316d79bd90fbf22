package import PostmeterMetrics
package import PostmeterModel
package import PostmeterOTLP
import PostmeterTransport

/// Pushes all series of a registry, again and again.
///
/// Sums are cumulative: a push that fails leaves nothing behind, the next one carries what it would have.
/// One push is under way at a time.
package actor MetricsPusher {
    private let registry: MetricsRegistry
    private let encoder: OTLPEncoder
    private let sender: OTLPSender
    private let interval: Duration
    private let timeout: Duration
    private let clock: ExportClock
    private let includesDurable: @Sendable () -> Bool
    private var last: Task<Void, Never>?
    private var loop: Task<Void, Never>?
    private var isShutDown = false
    /// Whether the shutdown is over: what still stands in line is not pushed then.
    private var isClosed = false

    /// Prepares a pusher; ``start()`` sets it going.
    ///
    /// - Parameters:
    ///   - registry: What is pushed.
    ///   - encoder: Knows the resource.
    ///   - target: The receiver; its timeout holds for all tries of one push together.
    ///   - transport: What sends.
    ///   - health: Counts the pushes.
    ///   - interval: The time from one push to the next.
    ///   - includesDurable: Whether durable families are in a push; false while they are being restored.
    package init(
        registry: MetricsRegistry,
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        interval: Duration = .seconds(60),
        clock: ExportClock = .system,
        includesDurable: @escaping @Sendable () -> Bool = { true },
        diagnostics: Diagnostics = .silent
    ) {
        self.registry = registry
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
        guard loop == nil, !isShutDown else { return }
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
        guard !isShutDown else { return }
        await enqueue(deadline: timeout).value
    }

    /// Pushes a last time and stops.
    ///
    /// - Returns: Whether that push was over within `deadline`.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        guard !isShutDown else { return true }
        isShutDown = true
        loop?.cancel()
        let final = enqueue(deadline: min(timeout, deadline))
        let isInTime = await Deadline.run(within: deadline, clock: clock) { await final.value }
        isClosed = true
        return isInTime
    }

    /// Lines a push up behind the last one.
    private func enqueue(deadline: Duration) -> Task<Void, Never> {
        let previous = last
        let task = Task {
            await previous?.value
            await export(deadline: deadline)
        }
        last = task
        return task
    }

    private func export(deadline: Duration) async {
        guard !isClosed else { return }
        let snapshot = registry.snapshot(includingDurable: includesDurable())
        guard let body = encoder.metrics(snapshot) else { return }
        let points = snapshot.families.reduce(0) { $0 + $1.identities.count }
        _ = await sender.send(body, items: points, deadline: deadline, isLost: false)
    }
}
