import PostmeterModel
import PostmeterTransport
import Synchronization

/// What goes to one target of one signal: in order, one request at a time, with a queue and a fate of its own.
///
/// Without a spool a batch is tried again as its deadline allows, and then given up and counted. With one, a
/// batch that the receiver does not take goes to disk, and everything newer behind it, until the receiver takes
/// it all again, the oldest first; between tries the lane waits with an exponential back-off, full jitter, and no
/// less than the receiver asked for. An answer that refuses a request for good drops it and blocks nothing.
///
/// What is newer never overtakes what is older. A request is repeated only when the answer to it did not come.
actor ExportLane {
    /// Limits of a lane.
    struct Configuration: Sendable {
        /// Batches and bytes that wait in memory.
        var queueLimit = 32
        var queueBytesLimit = 16 << 20
        /// The time for all tries of one batch together.
        var deadline: Duration = .seconds(60)
        /// From 0 up to 1, for the back-off.
        var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
    }

    /// Tries of a batch before it goes to disk: the lane goes on trying from there.
    static let triesBeforeSpool = 2
    /// The longest time that a receiver is left alone because it asked for it.
    static let longestRetryAfter: UInt64 = 3_600_000_000_000
    /// How long the disk is left alone after it refused.
    static let diskPause = Duration.seconds(1)
    /// How long requests wait for a spool that is there and cannot be opened, since what is in it goes first.
    static let openingTime = Duration.seconds(30)

    /// Batches that wait in memory.
    ///
    /// Whoever appends calls ``wake()`` after.
    nonisolated let queue: LaneQueue
    nonisolated let health: LaneHealth
    nonisolated let figures: LaneFigures
    /// Whether there is a spool at all.
    nonisolated let isSpooled: Bool
    /// Whether the disk refused the last time.
    nonisolated let isDiskFailing = Atomic<Bool>(false)
    let sender: OTLPSender
    let clock: ExportClock
    let configuration: Configuration
    let spool: Spool?

    /// The batch that is being sent, or was and is to be sent again or kept.
    var live: LaneBatch?
    /// Whether a request with it is under way, and where it was put on disk meanwhile.
    var isLiveUnderWay = false
    var liveOnDisk: SpooledRequest?
    /// Whether it is being put on disk.
    var isStoringLive = false
    /// Why it is lost should the receiver not take it: it cannot be on disk.
    var liveLoss: String?
    /// Whether the disk has had its say about it.
    var isLiveStored: Bool { liveOnDisk != nil || liveLoss != nil }
    /// Whether the receiver may have it, since no answer came.
    var isLiveUnanswered = false
    var sending: Task<Void, Never>?
    var storing: Task<Void, Never>?
    /// What wakes the lane at the end of a pause, and when that is.
    private var timer: Task<Void, Never>?
    private var timerEnd: UInt64?
    /// Requests in a row that the receiver did not take.
    var failures = 0
    /// Before this reading of the clock the receiver is left alone.
    var receiverPause: UInt64 = 0
    /// Before this one nothing is put on disk.
    var diskPause: UInt64 = 0
    /// Before this one nothing is read from it, which a full one allows still.
    var readPause: UInt64 = 0
    /// Until when requests wait for a spool that could not be opened yet; nil: it is open, or there is none.
    private var opening: UInt64?
    /// When the receiver went away, in nanoseconds since the Unix epoch; nil: it is there.
    var awaySince: UInt64?
    var phase = Phase.open
    /// Lets the sources fill the queue again after something was taken out of it.
    private var refill: (@Sendable () async -> Void)?

    enum Phase {
        case open
        /// Requests must be over at this reading of the clock.
        case closing(end: UInt64)
        /// Nothing is sent any more; what is left goes to disk.
        case storing
        case closed
    }

    init(
        sender: OTLPSender,
        configuration: Configuration = Configuration(),
        figures: LaneFigures,
        spool: Spool? = nil
    ) {
        self.sender = sender
        self.configuration = configuration
        self.figures = figures
        self.spool = spool
        isSpooled = spool != nil
        health = sender.health
        clock = sender.clock
        queue = LaneQueue(batchLimit: configuration.queueLimit, byteLimit: configuration.queueBytesLimit)
    }

    /// Sets what fills the queue when it has room again.
    func onRoom(_ refill: @escaping @Sendable () async -> Void) {
        self.refill = refill
    }

    /// Opens what an earlier process left on disk, and begins to send it.
    func start() {
        guard let spool else { return }
        if !spool.openExisting() {
            opening = clock.now() &+ Self.openingTime.clampedNanoseconds
            pauseDisk()
        }
        findOldest()
        showFigures()
        wake()
    }

    /// Tries again to open what an earlier process left: it may have been that process's still.
    private func openAgain() {
        guard opening != nil, let spool, clock.now() >= diskPause else { return }
        if case .closed = phase { return }
        guard spool.openExisting() else { return pauseDisk() }
        opening = nil
        isDiskFailing.store(false, ordering: .relaxed)
        findOldest()
    }

    private func findOldest() {
        if let first = spool?.first() { awaySince = min(first.time, clock.unix()) }
    }

    /// Sees to it that everything that can be done now is being done.
    func wake() {
        openAgain()
        if clock.now() >= diskPause { spool?.catchUp() }
        if storing == nil, mustStore {
            storing = Task { await storeAll() }
        }
        if sending == nil, canSend {
            sending = Task { await sendAll() }
        }
        if storing == nil, sending == nil { failWaiters() }
        setTimer()
        showFigures()
    }

    /// Whether a batch could be put on disk.
    var canStore: Bool {
        if case .closed = phase { return false }
        return isSpooled && clock.now() >= diskPause
    }

    /// Whether what is in memory has to go to disk.
    var mustStore: Bool {
        guard canStore, let spool else { return false }
        let isToStoreLive = live != nil && !isLiveStored
        guard !queue.isEmpty || isToStoreLive else { return false }
        // At the end nothing more is sent.
        if timeLeft() == nil { return true }
        return !spool.isEmpty || failures > 0 || !queue.hasRoom
    }

    /// Whether a request could begin now.
    private var canSend: Bool {
        guard timeLeft() != nil, clock.now() >= receiverPause else { return false }
        if let spool, !spool.isEmpty {
            guard case .open = phase else { return false }
            return !isLiveUnderWay && clock.now() >= readPause
        }
        if isOpening { return false }
        if live != nil { return !isLiveUnderWay && storing == nil }
        return storing == nil && !queue.isEmpty
    }

    /// Whether what is in memory waits, since there may be older ones on disk.
    private var isOpening: Bool {
        guard let opening, case .open = phase else { return false }
        return clock.now() < opening
    }

    /// The time that the next request may take with all its tries; nil when there is none any more.
    func timeLeft() -> Duration? {
        switch phase {
        case .open: configuration.deadline
        case .storing, .closed: nil
        case .closing(let end): clock.timeLeft(until: end).map { min(configuration.deadline, $0) }
        }
    }

    /// Returns when nothing is in memory alone any more: everything was sent, given up, or is on disk.
    func flush() async {
        wake()
        while !queue.isEmpty || (live != nil && !isLiveStored) {
            if let storing {
                await storing.value
            } else if let sending {
                await sending.value
            } else {
                return
            }
        }
    }

    /// Returns when nothing more can be done before a pause is over.
    func settle() async {
        wake()
        while let task = storing ?? sending { await task.value }
    }

    /// Returns when no request is under way; while the lane is closing no other follows from disk.
    func rest() async {
        while let sending { await sending.value }
    }

    /// From now on requests must be over at `end`, by the clock.
    func close(by end: UInt64) {
        guard case .open = phase else { return }
        phase = .closing(end: end)
    }

    /// Sends nothing more, and puts on disk what is in memory, as far as there is a spool.
    func store() async {
        if case .closed = phase { return }
        phase = .storing
        timer?.cancel()
        // One last try, whatever the disk said before.
        diskPause = 0
        wake()
        while let storing { await storing.value }
    }

    /// Ends the lane: what is in memory alone is lost, but for a batch whose answer may yet come.
    func close() {
        if case .closed = phase { return }
        phase = .closed
        timer?.cancel()
        for batch in queue.removeAll() { lose(batch, ExportResult.shutdown, .failed) }
        if let live, !isLiveUnderWay {
            if !isLiveStored { lose(live, ExportResult.shutdown, .failed) }
            self.live = nil
        }
        spool?.close()
        showFigures()
    }

    /// Lets a new batch be taken from the sources; then it is the turn of the next one.
    func refillQueue() async {
        await refill?()
    }

    /// Wakes the lane when its pauses are over.
    func setTimer() {
        let now = clock.now()
        let isWaiting = live != nil || !queue.isEmpty || opening != nil || !(spool?.isEmpty ?? true)
        guard isWaiting, timeLeft() != nil else { return }
        let pauses = [receiverPause, diskPause, readPause, opening ?? 0]
        guard let next = pauses.filter({ $0 > now }).min(), next != timerEnd else { return }
        timer?.cancel()
        timerEnd = next
        timer = Task { [weak self, clock] in
            do { try await clock.sleep(.nanoseconds(Int64(clamping: next - now))) } catch { return }
            await self?.timeIsUp(next)
        }
    }

    private func timeIsUp(_ end: UInt64) {
        if timerEnd == end { timerEnd = nil }
        wake()
    }

    /// Leaves the disk alone that refused a write.
    func pauseDisk() {
        isDiskFailing.store(true, ordering: .relaxed)
        diskPause = clock.now() &+ Self.diskPause.clampedNanoseconds
    }

    /// Leaves the disk alone that refused a read.
    func pauseReads() {
        readPause = clock.now() &+ Self.diskPause.clampedNanoseconds
    }

    /// Counts a batch that is given up, and tells who waits for it.
    func lose(_ batch: LaneBatch, _ reason: String, _ fate: LaneBatch.Fate) {
        if let completion = batch.completion {
            completion(fate)
        } else {
            health.countLost(batch.items, reason: reason)
        }
    }

    func showFigures() {
        let dropped = spool?.takeDropped()
        if let dropped {
            health.countLost(dropped.full, reason: ExportResult.spoolFull)
            health.countLost(dropped.expired, reason: ExportResult.spoolExpired)
            health.countLost(dropped.damaged, reason: ExportResult.spoolFailing)
        }
        figures.show { values in
            values.queued = queue.items
            values.spoolBytes = spool?.diskBytes ?? 0
            values.spoolItems = spool?.items ?? 0
            values.oldest = spool.flatMap { $0.isEmpty ? nil : $0.oldestTime ?? awaySince }
        }
    }
}
