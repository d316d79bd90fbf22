import PostmeterTransport

extension ExportLane {
    private enum Step {
        case batch(LaneBatch)
        case spooled(SpooledRequest)
    }

    /// Sends until nothing is left or the receiver is to be left alone.
    func sendAll() async {
        while let step = nextStep() {
            // What was dropped on the way to it is counted before anything else happens.
            showFigures()
            switch step {
            case .batch(let batch): await send(batch)
            case .spooled(let request): await send(request)
            }
            showFigures()
            await refillQueue()
        }
        sending = nil
        tidy()
        wake()
    }

    private func nextStep() -> Step? {
        guard timeLeft() != nil, clock.now() >= receiverPause else { return nil }
        if let spool, !spool.isEmpty {
            // At the end the rest stays where it is.
            guard case .open = phase, clock.now() >= readPause else { return nil }
            if let request = spool.first() { return .spooled(request) }
            if !spool.isEmpty {
                pauseReads()
                return nil
            }
        }
        guard storing == nil, !mustStore else { return nil }
        if let live { return .batch(live) }
        return queue.removeFirst().map { .batch($0) }
    }

    /// Sends a batch that waited in memory.
    private func send(_ batch: LaneBatch) async {
        live = batch
        isLiveUnderWay = true
        guard let time = timeLeft(), let deadline = deadline(batch, time) else {
            isLiveUnderWay = false
            live = nil
            lose(batch, ExportResult.unavailable, .failed)
            return
        }
        let attempts = isSpooled ? Self.triesBeforeSpool : .max
        let answer = await sender.send(
            batch.body,
            items: batch.items,
            retry: RetryPolicy(deadline: deadline, attempts: attempts)
        )
        // It may be on its way to the disk because others came and the queue was full.
        if isStoringLive { await storing?.value }
        isLiveUnderWay = false
        let (stored, loss) = (liveOnDisk, liveLoss)
        (live, liveOnDisk, liveLoss) = (nil, nil, nil)
        spool?.reserved = nil
        switch answer.result {
        case .accepted, .partial:
            hasAnswered()
            if let stored {
                spool?.advance(past: stored)
                health.countDrained(batch.items)
            } else {
                batch.completion?(.accepted)
            }
        case .failed(let reason, .refused):
            hasAnswered()
            if let stored {
                spool?.advance(past: stored)
                health.countLost(batch.items, reason: reason)
            } else {
                lose(batch, reason, .refused)
            }
        case .failed(let reason, let failure):
            guard isSpooled else {
                // The next batch waits as long as the receiver asked.
                if answer.retryAfter != nil { backOff(answer.retryAfter) }
                return lose(batch, reason, failure == .unanswered ? .unanswered : .failed)
            }
            backOff(answer.retryAfter)
            if let loss {
                lose(batch, loss, .failed)
            } else if let stored {
                countDropped(stored)
            } else {
                keep(batch, isUnanswered: failure == .unanswered)
            }
        }
    }

    /// Sends a request that waited on disk, once.
    private func send(_ request: SpooledRequest) async {
        spool?.reserved = request
        if failures > 0 { health.countRetries(tries: 2) }
        var retry = RetryPolicy.none
        if case .closing = phase { retry.deadline = timeLeft() }
        let answer = await sender.send(
            request.body,
            items: request.record.items,
            isCompressed: request.record.isCompressed,
            retry: retry
        )
        spool?.reserved = nil
        switch answer.result {
        case .accepted, .partial:
            hasAnswered()
            health.countDrained(request.record.items)
            spool?.advance(past: request)
        case .failed(let reason, .refused):
            hasAnswered()
            health.countLost(request.record.items, reason: reason)
            spool?.advance(past: request)
        case .failed:
            backOff(answer.retryAfter)
            countDropped(request)
        }
    }

    /// Counts a request that was not taken and had to make room on disk meanwhile.
    private func countDropped(_ request: SpooledRequest) {
        if spool?.hasDropped(request) == true {
            health.countLost(request.record.items, reason: ExportResult.spoolFull)
        }
    }

    /// The time for all tries of a batch; nil when it has none left.
    private func deadline(_ batch: LaneBatch, _ time: Duration) -> Duration? {
        guard let end = batch.end else { return time }
        return clock.timeLeft(until: end).map { min(time, $0) }
    }

    /// Keeps a batch that the receiver did not take, so that it goes to disk or is tried again.
    private func keep(_ batch: LaneBatch, isUnanswered: Bool) {
        if case .closed = phase {
            // Its lane was closed while it was under way, and had no disk to put it on.
            return lose(batch, ExportResult.shutdown, isUnanswered ? .unanswered : .failed)
        }
        live = batch
        isLiveUnanswered = isUnanswered
    }

    private func hasAnswered() {
        failures = 0
        receiverPause = 0
    }

    /// Leaves the receiver alone for a while.
    private func backOff(_ retryAfter: UInt64?) {
        failures += 1
        let wait = RetryPolicy().wait(
            afterAttempt: failures,
            retryAfter: retryAfter.map { min($0, Self.longestRetryAfter) },
            random: configuration.random()
        )
        // At least a moment, so that a receiver that is away never keeps a processor busy.
        receiverPause = clock.now() &+ max(wait, 10_000_000)
        awaySince = awaySince ?? clock.unix()
    }

    /// Removes the files of an empty spool.
    private func tidy() {
        guard failures == 0, spool?.isEmpty ?? true else { return }
        awaySince = nil
        if storing == nil { spool?.removeFiles() }
    }
}
