import PostmeterTransport
import Synchronization

extension ExportLane {
    /// Puts on disk what is in memory, the oldest first.
    func storeAll() async {
        while mustStore {
            if let batch = live, !isLiveStored {
                isStoringLive = true
                let end = await store(batch)
                isStoringLive = false
                if case .failing = end { break }
                if isLiveUnderWay {
                    // The answer to it may still come.
                    if case .stored(let request) = end {
                        liveOnDisk = request
                        spool?.reserved = request
                    }
                    liveLoss = loss(end)
                } else {
                    live = nil
                    loss(end).map { lose(batch, $0, .failed) }
                }
            } else if let batch = queue.first {
                let end = await store(batch)
                if case .failing = end { break }
                queue.removeFirst()
                loss(end).map { lose(batch, $0, .failed) }
            }
            showFigures()
            await refillQueue()
        }
        storing = nil
        wake()
    }

    /// Why a batch that cannot be on disk is lost; nil for others.
    private func loss(_ end: Spool.Appended) -> String? {
        switch end {
        case .stored, .failing: nil
        case .full: ExportResult.spoolFull
        case .tooLarge: ExportResult.tooLarge
        }
    }

    /// Puts a batch on disk.
    private func store(_ batch: LaneBatch) async -> Spool.Appended {
        guard let spool else { return .failing }
        let compressed = sender.compresses ? Gzip.compress(batch.body) : nil
        let end = await spool.append(batch, compressed ?? batch.body, isCompressed: compressed != nil)
        switch end {
        case .stored:
            isDiskFailing.store(false, ordering: .relaxed)
            awaySince = awaySince ?? clock.unix()
            health.countSpooled(batch.items)
            batch.completion?(.stored)
        case .full, .tooLarge: break
        case .failing: pauseDisk()
        }
        return end
    }

    /// Tells those that wait for the fate of their batches, when these can neither be sent nor stored now.
    ///
    /// They have the items still and bring them again; all other batches stay in memory.
    func failWaiters() {
        // At the end they go to disk yet.
        if isSpooled, case .closing = phase { return }
        if let batch = live, batch.completion != nil, !isLiveUnderWay {
            live = nil
            batch.completion?(isLiveUnanswered ? .unanswered : .failed)
        }
        while let batch = queue.first, batch.completion != nil {
            queue.removeFirst()
            batch.completion?(.failed)
        }
    }

    /// Whether a push of sums is to be left out, because the last one that went to disk is too young for an
    /// outage of this length.
    ///
    /// Pushes are put on disk at least `max(interval, min(outage / 60, 5 minutes))` apart.
    func thins(interval: Duration, lastStored: UInt64?) -> Bool {
        guard let spool, !spool.isEmpty, let awaySince, let lastStored else { return false }
        let now = clock.unix()
        return clock.now() &- lastStored < Self.spacing(interval, outage: now - min(awaySince, now))
    }

    /// The least time between two pushes of sums that go to disk, in nanoseconds.
    static func spacing(_ interval: Duration, outage: UInt64) -> UInt64 {
        max(interval.clampedNanoseconds, min(outage / 60, 300_000_000_000))
    }
}
