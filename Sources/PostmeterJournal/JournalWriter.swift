import CPrimitives
import Glibc
import Synchronization

/// The one thread that writes: group by group, each synced before anybody hears of it.
final class JournalWriter {
    let journal: Journal
    /// The group being written; swapped with the pending one.
    var group: PendingGroup
    var active: ActiveSegment?
    /// The number of the next record.
    var nextSequence: UInt64
    /// When to try the disk again, by the monotonic clock, while it fails.
    var retryAt: UInt64?

    init(_ journal: Journal, active: ActiveSegment?, nextSequence: UInt64) {
        self.journal = journal
        group = PendingGroup(journal.configuration)
        self.active = active
        self.nextSequence = nextSequence
    }

    /// Why a write did not happen: the byte limit, or an errno.
    enum Failure: Error {
        case full
        case system(Int32)
    }

    private enum Work {
        case group, probe, stop
    }

    /// Writes groups until the journal closes and nothing waits.
    func run() {
        while true {
            switch nextWork() {
            case .group: writeGroup()
            case .stop:
                if let active { journal.fileSystem.close(active.file) }
                return
            case .probe, nil: probe()
            }
        }
    }

    /// What to do next; nil when it is time to try a failing disk again.
    private func nextWork() -> Work? {
        let isFailing = retryAt != nil
        return journal.monitor.wait(for: .writer, until: retryAt) { shared in
            if !isFailing, !shared.pending.records.isEmpty {
                swap(&shared.pending, &group)
                return .group
            }
            // What waits behind a failed group is tried once more before the end.
            if shared.isClosing { return shared.pending.records.isEmpty ? .stop : .probe }
            shared.writerSleeps = true
            return nil
        }
    }

    private func writeGroup() {
        var index = 0
        do throws(Failure) {
            while index < group.records.count { index = try writeRun(from: index) }
        } catch {
            fail(from: index, error)
        }
        group.removeAll()
        journal.monitor.withLock { $0.groupEnd }()
    }

    /// Writes the records from `index` on that fit the segment, a new one if need be: the index after them.
    private func writeRun(from index: Int) throws(Failure) -> Int {
        var segment = try segmentWithRoom(group.records[index].frameBytes)
        let records = group.records
        var end = index
        var bytes = 0
        while end < records.count, bytes + records[end].frameBytes <= segment.room {
            bytes += records[end].frameBytes
            end += 1
        }
        for (place, record) in records[index..<end].enumerated() {
            segment.codec.seal(
                group.bytes + record.offset,
                length: record.length,
                kind: record.kind,
                sequence: nextSequence + UInt64(place),
                time: record.time
            )
        }
        let frames = UnsafeRawBufferPointer(
            start: group.bytes + records[index].offset,
            count: bytes + Frame.markBytes
        )
        let header = segment.hasBegun ? nil : try writeHeader(segment)
        try check(journal.fileSystem.writeAll(segment.file, frames, at: segment.offset))
        let began = pm_clock_monotonic()
        try check(Int(journal.fileSystem.fdatasync(segment.file)))
        let took = pm_clock_monotonic() - began

        segment.offset += bytes
        segment.hasBegun = true
        active = segment
        publish(segment, header, records: end - index, bytes: bytes, lastTime: records[end - 1].time)
        for (place, record) in records[index..<end].enumerated() {
            record.onDurable(
                .success(JournalPosition(sequence: nextSequence + UInt64(place), time: record.time))
            )
        }
        nextSequence += UInt64(end - index)
        journal.observer.onSync(took, end - index, bytes)
        return end
    }

    /// Shows readers and waiters what is now durable.
    private func publish(
        _ segment: ActiveSegment,
        _ header: SegmentHeader?,
        records: Int,
        bytes: Int,
        lastTime: UInt64
    ) {
        journal.monitor.withLock { shared in
            if let header { shared.segments.append(entry(of: segment, header)) }
            let last = shared.segments.count - 1
            shared.segments[last].readableEnd = segment.offset
            shared.segments[last].endSequence = nextSequence + UInt64(records)
            shared.segments[last].lastTime = lastTime
            shared.outstandingBytes -= bytes
            shared.statistics.durableRecords += UInt64(records)
            journal.durable.store(nextSequence + UInt64(records), ordering: .releasing)
            if shared.followers > 0 { journal.monitor.wake(.followers) }
        }
    }

    func check(_ result: Int) throws(Failure) {
        if result < 0 { throw .system(Int32(-result)) }
    }
}
