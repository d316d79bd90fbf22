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
            guard journal?.oldestSegment != oldest else { return }
        }
    }

    /// Drops the oldest segment, or everything where that cannot be: whether there is room then.
    func makeRoom() -> Bool {
        dropOldestSegment() || (!isUnwritten && dropAll())
    }

    /// Drops the oldest segment to make room: whether there was one.
    func dropOldestSegment() -> Bool {
        guard let oldest = journal?.oldestSegment else { return false }
        dropped.full += dropSegment(oldest)
        return journal?.oldestSegment != oldest
    }

    /// Drops everything and begins the files anew, since they were made when more was allowed: whether there was
    /// something.
    func dropAll() -> Bool {
        guard !isEmpty else { return false }
        let before = cursor
        dropped.full += max(0, items - reservedItems(from: before.sequence, to: end.sequence))
        move(to: end)
        removeFiles()
        return open()
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
            if !isUnwritten { journal.release(before: segment.endSequence) }
            return 0
        }
        let before = cursor
        let kept = reservedItems(from: before.sequence, to: segment.endSequence)
        var place = end
        if segment.endSequence < end.sequence {
            do {
                let next = try Self.nextPatiently(journal.makeReader(from: segment.endSequence))
                if let next {
                    place = JournalCursor.Value(
                        sequence: next.sequence, items: next.record.itemsBefore,
                        bytes: next.record.bytesBefore)
                }
            } catch {
                complain("\(error)")
                // How many went is known when the next one can be read: then they count as damaged.
                place = JournalCursor.Value(
                    sequence: segment.endSequence, items: before.items + UInt64(kept), bytes: before.bytes)
                move(to: place)
                return 0
            }
        }
        move(to: place)
        return max(0, Int(clamping: place.items - min(before.items, place.items)) - kept)
    }

    /// Items of the request that is under way, when it stands in a range of numbers.
    private func reservedItems(from start: UInt64, to end: UInt64) -> Int {
        guard let reserved, reserved.sequence >= start, reserved.sequence < end else { return 0 }
        return reserved.record.items
    }
}
