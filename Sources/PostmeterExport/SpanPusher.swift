package import PostmeterModel
package import PostmeterOTLP
package import PostmeterTracing
import PostmeterTransport

/// Pushes the spans that have ended: at every interval, and when a tracer is half full.
///
/// Spans are taken from the tracers in batches, encoded, and held in a bounded queue while the receiver is
/// slow or away; when the queue is full they stay with the tracers, which count what they cannot take. One
/// export is under way at a time. A batch that is not taken in all its tries is given up and counted.
package actor SpanPusher {
    /// Limits and times of a pusher.
    package struct Configuration: Sendable {
        /// The most time that an ended span waits before it is taken.
        package var interval: Duration = .seconds(5)
        /// The most spans of one export.
        package var batchLimit = 512
        /// The most batches that wait.
        package var queueLimit = 32
        /// The most bytes that wait, encoded.
        package var queueBytesLimit = 16 << 20
        /// The time for all tries of one export together.
        package var deadline: Duration = .seconds(60)

        package init() {}
    }

    private let tracers: [Tracer]
    private let encoder: OTLPEncoder
    private let sender: OTLPSender
    private let health: ExportHealth
    private let clock: ExportClock
    private let configuration: Configuration
    private var queue: SpanQueue
    private var ticker: Task<Void, Never>?
    private var exporting: Task<Void, Never>?
    private var phase = Phase.open

    private enum Phase {
        case open
        /// Shutting down; everything must be over at this reading of the clock.
        case closing(end: UInt64)
        case closed
    }

    /// Prepares a pusher; ``start()`` sets it going.
    ///
    /// - Parameters:
    ///   - tracers: Whose spans are pushed; no other pusher may take them.
    ///   - encoder: Knows the resource.
    ///   - target: The receiver; its timeout holds for one try.
    ///   - transport: What sends.
    ///   - health: Counts exports and spans.
    package init(
        tracers: [Tracer],
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        configuration: Configuration = Configuration(),
        clock: ExportClock = .system,
        diagnostics: Diagnostics = .silent
    ) {
        self.tracers = tracers
        self.encoder = encoder
        self.health = health
        self.clock = clock
        self.configuration = configuration
        queue = SpanQueue(batchLimit: configuration.queueLimit, byteLimit: configuration.queueBytesLimit)
        sender = OTLPSender(
            .traces,
            to: target,
            by: transport,
            health: health,
            clock: clock,
            diagnostics: diagnostics
        )
    }

    /// Begins to push, the first time after one interval or when a tracer is half full.
    package func start() {
        guard ticker == nil, case .open = phase else { return }
        // Of wake-ups that come while one is served, one is remembered.
        let (wakes, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        for tracer in tracers {
            tracer.onPressure { continuation.yield() }
        }
        let interval = max(configuration.interval, .milliseconds(1))
        ticker = Task { [weak self, clock] in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        do { try await clock.sleep(interval) } catch { break }
                        continuation.yield()
                    }
                    continuation.finish()
                }
                for await _ in wakes {
                    guard let self else { break }
                    await self.collectAndExport()
                }
                group.cancelAll()
            }
        }
    }

    /// Takes and exports everything that has ended by now, and returns when that is over.
    package func flush() async {
        collectAndExport()
        await exporting?.value
    }

    /// Exports what is there a last time and stops.
    ///
    /// What is not taken by the receiver within `deadline` is given up and counted.
    ///
    /// - Returns: Whether everything was over in time.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        guard case .open = phase else { return true }
        phase = .closing(end: clock.now() &+ deadline.clampedNanoseconds)
        ticker?.cancel()
        let isInTime = await Deadline.run(within: deadline, clock: clock) { await self.flush() }
        phase = .closed
        let left = queue.removeAll() + giveUpWaiting()
        health.countLost(.traces, left, reason: ExportResult.shutdown)
        health.showQueued(0)
        return isInTime
    }

    /// Takes what has ended and sees to it that it is being exported.
    private func collectAndExport() {
        collect()
        guard exporting == nil, !queue.isEmpty else { return }
        exporting = Task { await exportAll() }
    }

    private func exportAll() async {
        while let deadline = timeLeft(), let batch = next() {
            _ = await sender.send(batch.body, items: batch.spans, deadline: deadline, isLost: true)
            health.showQueued(queue.spans)
        }
        exporting = nil
    }

    /// The time that the next export may take; nil when there is none any more.
    private func timeLeft() -> Duration? {
        switch phase {
        case .open: return configuration.deadline
        case .closed: return nil
        case .closing(let end):
            let now = clock.now()
            guard now < end else { return nil }
            return min(configuration.deadline, .nanoseconds(Int64(clamping: end - now)))
        }
    }

    private func next() -> SpanQueue.Batch? {
        collect()
        return queue.removeFirst()
    }

    /// Moves ended spans to the queue, as far as it has room.
    private func collect() {
        if case .closed = phase { return }
        for tracer in tracers {
            while queue.hasRoom {
                var records = EncodedRecords()
                guard tracer.drain(into: &records, limit: configuration.batchLimit) > 0,
                    let body = encoder.traces([(scope: tracer.scope, spans: records)])
                else { break }
                queue.append(SpanQueue.Batch(body: body, spans: records.count))
            }
        }
        health.showQueued(queue.spans)
    }

    /// Takes the spans that still wait with the tracers and throws them away; returns how many.
    private func giveUpWaiting() -> Int {
        var count = 0
        for tracer in tracers {
            var records = EncodedRecords()
            while true {
                let drained = tracer.drain(into: &records, limit: configuration.batchLimit)
                if drained == 0 { break }
                count += drained
                records.removeAll()
            }
        }
        return count
    }
}

extension Duration {
    /// Whole nanoseconds, from 0 to about 292 years.
    var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}
