package import PostmeterModel
package import PostmeterOTLP
package import PostmeterTracing
import PostmeterTransport

/// Pushes finished records, ended spans or log records: at every interval, and when a source is half full.
///
/// Records are taken from their sources in batches, encoded, and held in a bounded queue while the receiver
/// is slow or away; when the queue is full they stay with the sources, which count what they cannot take. One
/// export is under way at a time; records that come during it wait for the next interval, so that batches do
/// not become small. A batch that is not taken in all its tries is given up and counted.
package actor RecordPusher {
    /// Limits and times of a pusher.
    package struct Configuration: Sendable {
        /// The most time that a record waits before it is taken.
        package var interval: Duration = .seconds(5)
        /// The most records of one export.
        package var batchLimit = 512
        /// The bytes of records after which an export takes no more, which keeps it within what receivers
        /// accept; the last few records may go beyond it.
        package var batchBytesLimit = 4 << 20
        /// The most batches that wait.
        package var queueLimit = 32
        /// The most bytes that wait, encoded.
        package var queueBytesLimit = 16 << 20
        /// The time for all tries of one export together.
        package var deadline: Duration = .seconds(60)

        package init() {}
    }

    private let signal: ExportSignal
    private let encode: @Sendable ([RecordSource.Batch]) -> [UInt8]?
    private let sender: OTLPSender
    private let health: ExportHealth
    private let clock: ExportClock
    private let configuration: Configuration
    private var taker: RecordTaker
    private var queue: RecordQueue
    private var ticker: Task<Void, Never>?
    private var exporting: Task<Void, Never>?
    private var phase = Phase.open
    /// Whether the queue had no room for all that waited when it was last filled.
    private var hasLeftSome = false

    private enum Phase {
        case open
        /// Shutting down; everything must be over at this reading of the clock.
        case closing(end: UInt64)
        case closed
    }

    /// Prepares a pusher of spans; ``start()`` sets it going.
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
        let sender = OTLPSender(
            .traces,
            to: target,
            by: transport,
            health: health,
            clock: clock,
            diagnostics: diagnostics
        )
        self.init(
            tracers.map { RecordSource($0) },
            encode: { encoder.traces($0.map { (scope: $0.scope, spans: $0.records) }) },
            sender: sender,
            configuration: configuration
        )
    }

    /// Prepares a pusher of log records; ``start()`` sets it going.
    ///
    /// - Parameters:
    ///   - logs: Whose records are pushed; no other pusher may take them.
    ///   - encoder: Knows the resource.
    ///   - target: The receiver; its timeout holds for one try.
    ///   - transport: What sends.
    ///   - health: Counts exports and records.
    package init(
        logs: [LogRecorder],
        encoder: OTLPEncoder,
        target: OTLPTarget,
        transport: any ExportTransport,
        health: ExportHealth,
        configuration: Configuration = Configuration(),
        clock: ExportClock = .system,
        diagnostics: Diagnostics = .silent
    ) {
        let sender = OTLPSender(
            .logs,
            to: target,
            by: transport,
            health: health,
            clock: clock,
            diagnostics: diagnostics
        )
        self.init(
            logs.map { RecordSource($0) },
            encode: { encoder.logs($0) },
            sender: sender,
            configuration: configuration
        )
    }

    private init(
        _ sources: [RecordSource],
        encode: @escaping @Sendable ([RecordSource.Batch]) -> [UInt8]?,
        sender: OTLPSender,
        configuration: Configuration
    ) {
        self.encode = encode
        self.sender = sender
        self.configuration = configuration
        signal = sender.signal
        health = sender.health
        clock = sender.clock
        taker = RecordTaker(
            sources,
            batchLimit: configuration.batchLimit,
            batchBytesLimit: configuration.batchBytesLimit
        )
        queue = RecordQueue(batchLimit: configuration.queueLimit, byteLimit: configuration.queueBytesLimit)
    }

    /// Begins to push, the first time after one interval or when a source is half full.
    package func start() {
        guard ticker == nil, case .open = phase else { return }
        // Of wake-ups that come while one is served, one is remembered.
        let (wakes, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        for source in taker.sources {
            source.onPressure { continuation.yield() }
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

    /// Takes and exports everything that waits by now, and returns when that is over.
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
        let isInTime = await Deadline.run(within: deadline, clock: clock) {
            await self.flush()
            // What was recorded during that.
            await self.flush()
        }
        phase = .closed
        let left = queue.removeAll() + giveUpWaiting()
        health.countLost(signal, left, reason: ExportResult.shutdown)
        health.showQueued(signal, 0)
        return isInTime
    }

    /// Takes what waits and sees to it that it is being exported.
    private func collectAndExport() {
        collect()
        guard exporting == nil, !queue.isEmpty else { return }
        exporting = Task { await exportAll() }
    }

    private func exportAll() async {
        while let deadline = timeLeft(), let batch = next() {
            _ = await sender.send(batch.body, items: batch.records, deadline: deadline, isLost: true)
        }
        exporting = nil
    }

    /// The time that the next export may take; nil when there is none any more.
    private func timeLeft() -> Duration? {
        switch phase {
        case .open: configuration.deadline
        case .closed: nil
        case .closing(let end): clock.timeLeft(until: end).map { min(configuration.deadline, $0) }
        }
    }

    private func next() -> RecordQueue.Batch? {
        if hasLeftSome { collect() }
        let batch = queue.removeFirst()
        health.showQueued(signal, queue.records)
        return batch
    }

    /// Moves records from the sources to the queue, as far as it has room.
    private func collect() {
        if case .closed = phase { return }
        while queue.hasRoom, let (batches, count) = taker.take() {
            guard let body = encode(batches) else { continue }
            queue.append(RecordQueue.Batch(body: body, records: count))
        }
        hasLeftSome = !queue.hasRoom
        health.showQueued(signal, queue.records)
    }

    /// Takes the records that still wait with the sources and throws them away; returns how many.
    private func giveUpWaiting() -> Int {
        var total = 0
        while let (_, count) = taker.take() { total += count }
        return total
    }
}
