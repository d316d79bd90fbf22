import Synchronization

/// Pushes finished records, ended spans or log records: at every interval, and when a source is half full.
///
/// Records are taken from their sources once, in batches, encoded once, and put into the queue of every
/// target's lane. When no queue has room they stay with the sources, which count what they cannot take; a lane
/// without a spool that is slower than others loses what it has no room for, counted. Records that come during
/// an export wait for the next interval, so that batches do not become small.
package actor RecordPusher {
    /// Limits and times of a pusher.
    package struct Configuration: Sendable {
        /// The most time that a record waits before it is taken.
        package var interval: Duration = .seconds(5)
        /// The most records of one export.
        package var batchLimit = 512
        /// The bytes of records after which an export takes no more, which keeps it within what receivers
        /// accept; the last record may go beyond it.
        package var batchBytesLimit = 4 << 20
        /// The most batches that wait.
        package var queueLimit = 32
        /// The most bytes that wait, encoded.
        package var queueBytesLimit = 16 << 20
        /// The time for all tries of one export together.
        package var deadline: Duration = .seconds(60)

        package init() {}
    }

    /// How long what is left may take to get to disk at the end.
    private static let storingTime = Duration.seconds(5)

    private let encode: @Sendable ([RecordSource.Batch]) -> [UInt8]?
    private let clock: ExportClock
    private let interval: Duration
    private let lanes: [ExportLane]
    private var taker: RecordTaker
    private var ticker: Task<Void, Never>?
    private var phase = Phase.open
    private var isConnected = false
    /// Whether the queues had no room for all that waited when they were last filled.
    private var hasLeftSome = false

    private enum Phase {
        case open, closing, storing, closed
    }

    /// Prepares a pusher; ``start()`` sets it going.
    ///
    /// - Parameter lanes: Where every record goes.
    init(
        _ sources: [RecordSource],
        encode: @escaping @Sendable ([RecordSource.Batch]) -> [UInt8]?,
        to lanes: [ExportLane],
        configuration: Configuration,
        clock: ExportClock
    ) {
        self.encode = encode
        self.lanes = lanes
        self.clock = clock
        interval = max(configuration.interval, .milliseconds(1))
        taker = RecordTaker(
            sources,
            batchLimit: configuration.batchLimit,
            batchBytesLimit: configuration.batchBytesLimit
        )
    }

    /// Begins to push, the first time after one interval or when a source is half full.
    package func start() async {
        guard ticker == nil, case .open = phase else { return }
        // Of wake-ups that come while one is served, one is remembered.
        let (wakes, continuation) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        for source in taker.sources {
            source.onPressure { continuation.yield() }
        }
        ticker = Task { [weak self, clock, interval] in
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
        await connect()
        for lane in lanes { await lane.start() }
    }

    /// Takes and exports everything that waits by now, and returns when all of it was sent, given up and
    /// counted, or is on disk.
    package func flush() async {
        await connect()
        await collectAndExport()
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes { group.addTask { await lane.flush() } }
        }
    }

    /// Exports what is there a last time and stops.
    ///
    /// What is not taken by the receivers within `deadline` goes to their spools, or is given up and counted.
    ///
    /// - Returns: Whether everything was over in time.
    @discardableResult
    package func shutdown(within deadline: Duration) async -> Bool {
        guard case .open = phase else { return true }
        phase = .closing
        let end = clock.now() &+ deadline.clampedNanoseconds
        for lane in lanes { await lane.close(by: end) }
        ticker?.cancel()
        let isInTime = await Deadline.run(within: deadline, clock: clock) {
            await self.flush()
            // What was recorded during that.
            await self.flush()
            for lane in self.lanes { await lane.rest() }
        }
        phase = .storing
        if lanes.contains(where: \.isSpooled) {
            _ = await Deadline.run(within: Self.storingTime, clock: clock) { await self.storeAll() }
        }
        phase = .closed
        let left = giveUpWaiting()
        for lane in lanes {
            lane.health.countLost(left, reason: ExportResult.shutdown)
            await lane.close()
        }
        return isInTime
    }

    /// Puts into the spools what is with the sources and in the queues.
    private func storeAll() async {
        repeat {
            collect()
            for lane in lanes where lane.isSpooled { await lane.store() }
        } while isStoring && hasLeftSome && lanes.contains { $0.isSpooled && $0.queue.hasRoom }
    }

    /// Whether what is left is being put into the spools, for which there is a time.
    private var isStoring: Bool {
        if case .storing = phase { true } else { false }
    }

    /// Lets the lanes ask for more when they have room again.
    private func connect() async {
        guard !isConnected else { return }
        isConnected = true
        for lane in lanes {
            await lane.onRoom { [weak self] in await self?.refill() }
        }
    }

    private func refill() async {
        if hasLeftSome { await collectAndExport() }
    }

    /// Takes what waits and sees to it that it is being exported.
    private func collectAndExport() async {
        collect()
        for lane in lanes { await lane.wake() }
    }

    /// Moves records from the sources to the queues, as far as these have room.
    private func collect() {
        if case .closed = phase { return }
        while canTake, let (batches, count) = taker.take() {
            guard let body = encode(batches) else { continue }
            for lane in lanes {
                if lane.queue.hasRoom {
                    lane.queue.append(LaneBatch(body: body, items: count))
                } else {
                    lane.health.countLost(count, reason: reason(for: lane))
                }
            }
        }
        hasLeftSome = !canTake
        for lane in lanes { lane.figures.show { $0.queued = lane.queue.items } }
    }

    /// Whether a batch would find room: with one lane at least, and soon with none that only has to get to its
    /// disk first.
    private var canTake: Bool {
        var hasRoom = false
        for lane in lanes {
            if lane.queue.hasRoom {
                hasRoom = true
            } else if lane.isSpooled, !lane.isDiskFailing.load(ordering: .relaxed) {
                return false
            }
        }
        return hasRoom
    }

    private func reason(for lane: ExportLane) -> String {
        if isStoring { return ExportResult.shutdown }
        return lane.isSpooled ? ExportResult.spoolFailing : ExportResult.queueFull
    }

    /// Takes the records that still wait with the sources and throws them away; returns how many.
    private func giveUpWaiting() -> Int {
        var total = 0
        while let (_, count) = taker.take() { total += count }
        return total
    }
}
