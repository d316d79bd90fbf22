import PostmeterJournal

extension Spool {
    func isExpired(_ time: UInt64) -> Bool {
        let now = clock.unix()
        return now > time && now - time > configuration.limits.ageLimit
    }

    /// Drops whole segments whose newest request is too old.
    func dropExpired() {
        while let oldest = journal?.oldestSegment, isExpired(oldest.lastTime) {
            dropped.expired += dropSegment(oldest)
        }
    }

    /// Drops the oldest segment to make room: whether there was one.
    func dropOldestSegment() -> Bool {
        guard let oldest = journal?.oldestSegment else { return false }
        dropped.full += dropSegment(oldest)
        return true
    }

    /// Whether a request was dropped while it was under way.
    func hasDropped(_ request: SpooledRequest) -> Bool {
        request.sequence < cursor.sequence
    }

    /// Gives a segment up, and returns how many items were dropped with it.
    ///
    /// The cursor goes to the first request after it.
    func dropSegment(_ segment: Journal.Segment) -> Int {
        guard let journal else { return 0 }
        if segment.endSequence <= cursor.sequence {
            // All of it has gone out; only the file is left.
            journal.release(before: segment.endSequence)
            return 0
        }
        let before = cursor
        var place = JournalCursor.Value(sequence: end.sequence, items: end.items, bytes: end.bytes)
        if segment.endSequence < end.sequence,
            let next = Self.next(journal.makeReader(from: segment.endSequence))
        {
            place = JournalCursor.Value(
                sequence: next.sequence, items: next.record.itemsBefore, bytes: next.record.bytesBefore)
        }
        move(to: place)
        let isReserved = reserved.map { $0.sequence >= before.sequence && $0.sequence < place.sequence }
        let kept = isReserved == true ? reserved?.record.items ?? 0 : 0
        return max(0, Int(clamping: place.items - min(before.items, place.items)) - kept)
    }
}
