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
            let isDue = shared.isPendingDue || shared.isClosing
            if !isFailing, isDue, !shared.pending.records.isEmpty {
                shared.isPendingDue = false
                swap(&shared.pending, &group)
                return .group
            }
            // What waits behind a failed group is tried once more before the end.
            if shared.isClosing { return shared.pending.records.isEmpty ? .stop : .probe }
            shared.writerSleeps = true
            return nil
        }
    }

    /// Bytes of bodies that are not copied and that one sync puts on disk, one longer body aside.
    ///
    /// So what waits behind several of them is answered sooner than after all.
    private static let heldBytesOfRun = 64 << 20

    private func writeGroup() {
        var index = 0
        do throws(Failure) {
            while index < group.records.count {
                let end = try writeRun(from: index)
                group.letGo(of: index..<end)
                if end < group.records.count { journal.monitor.withLock { $0.groupEnd }() }
                index = end
            }
        } catch {
            fail(from: index, error)
        }
        group.removeAll()
        journal.monitor.withLock { $0.groupEnd }()
    }

    /// The end of the records from `index` on that go into a segment with one write, of which the first fits.
    private func endOfRun(from index: Int, in segment: ActiveSegment) -> Int {
        var end = index
        var (bytes, held) = (0, 0)
        while end < group.records.count {
            bytes += group.records[end].frameBytes
            held += group.records[end].heldCount
            let isTooLong = bytes > segment.room || held > Self.heldBytesOfRun
            if isTooLong, end > index { break }
            end += 1
        }
        return end
    }

    /// Writes the records from `index` on that fit the segment, a new one if need be: the index after them.
    private func writeRun(from index: Int) throws(Failure) -> Int {
        var segment = try segmentWithRoom(group.records[index].frameBytes)
        let end = endOfRun(from: index, in: segment)
        let records = group.records[index..<end]
        var run = Run()
        for (place, record) in records.enumerated() {
            segment.codec.seal(
                group.bytes + record.offset,
                length: record.length,
                held: record.held?.bytes,
                kind: record.kind,
                sequence: nextSequence + UInt64(place),
                time: record.time
            )
            run.add(record)
        }
        let header = segment.hasBegun ? nil : try writeHeader(segment)
        try check(write(run, of: index..<end, to: segment))
        let began = pm_clock_monotonic()
        try check(Int(journal.fileSystem.fdatasync(segment.file)))
        let took = pm_clock_monotonic() - began

        segment.offset += run.bytes
        segment.hasBegun = true
        active = segment
        publish(segment, header, run)
        for (place, record) in records.enumerated() {
            record.onDurable(
                .success(JournalPosition(sequence: nextSequence + UInt64(place), time: record.time))
            )
        }
        nextSequence += UInt64(run.records)
        journal.observer.onSync(took, run.records, run.bytes)
        return end
    }

    /// What one write holds.
    private struct Run {
        var records = 0
        /// Bytes on disk.
        var bytes = 0
        var bufferBytes = 0
        var heldBytes = 0
        var lastTime: UInt64 = 0

        mutating func add(_ record: PendingGroup.Record) {
            records += 1
            bytes += record.frameBytes
            bufferBytes += record.bufferBytes
            heldBytes += record.heldCount
            lastTime = record.time
        }
    }

    /// Writes the frames of a run: 0, or the negated errno.
    private func write(_ run: Run, of range: Range<Int>, to segment: ActiveSegment) -> Int {
        guard run.heldBytes == 0 else {
            return journal.fileSystem.writeAll(segment.file, group.parts(of: range), at: segment.offset)
        }
        let frames = UnsafeRawBufferPointer(
            start: group.bytes + group.records[range.lowerBound].offset,
            count: run.bytes + Frame.markBytes
        )
        return journal.fileSystem.writeAll(segment.file, frames, at: segment.offset)
    }

    /// Shows readers and waiters what is now durable.
    private func publish(
        _ segment: ActiveSegment,
        _ header: SegmentHeader?,
        _ run: Run
    ) {
        journal.monitor.withLock { shared in
            if let header { shared.segments.append(entry(of: segment, header)) }
            let last = shared.segments.count - 1
            shared.segments[last].readableEnd = segment.offset
            shared.segments[last].endSequence = nextSequence + UInt64(run.records)
            shared.segments[last].lastTime = run.lastTime
            shared.outstandingBytes -= run.bufferBytes
            shared.heldBytes -= run.heldBytes
            shared.statistics.durableRecords += UInt64(run.records)
            journal.durable.store(nextSequence + UInt64(run.records), ordering: .releasing)
            if shared.followers > 0 { journal.monitor.wake(.followers) }
        }
    }

    func check(_ result: Int) throws(Failure) {
        if result < 0 { throw .system(Int32(-result)) }
    }
}
