import CPrimitives

extension JournalWriter {
    /// Answers the records of the group from `index` on, which did not reach the disk, and seals the segment.
    func fail(from index: Int, _ failure: Failure) {
        sealFailed()
        let failed = group.records[index...]
        let bytes = failed.reduce(0) { $0 + $1.bufferBytes }
        let held = failed.reduce(0) { $0 + $1.heldCount }
        let answer: JournalError =
            switch failure {
            case .full: .full
            case .system: .failing
            }
        journal.monitor.withLock { shared in
            shared.outstandingBytes -= bytes
            shared.heldBytes -= held
            if case .system = failure {
                shared.isFailing = true
                shared.statistics.failures += 1
                shared.statistics.refusedFailing += UInt64(failed.count)
            } else {
                shared.statistics.refusedFull += UInt64(failed.count)
            }
            shared.placeAgain(room: 0, journal.configuration)
        }
        if case .system(let code) = failure {
            retryAt = pm_clock_monotonic()
            journal.warn(
                "journal \(journal.directory.path): a write failed, its \(failed.count) records are refused: "
                    + "\(systemMessage(code)); trying a new segment"
            )
        }
        for record in failed { record.onDurable(.failure(answer)) }
    }

    /// Tries a new segment after a failure.
    ///
    /// When it works, records are taken again; otherwise those that still
    /// wait are refused too, and it is tried again later.
    func probe() {
        do throws(Failure) {
            let segment = try takeSegment()
            active = segment
            let header = try writeHeader(segment)
            try check(Int(journal.fileSystem.fdatasync(segment.file)))
            active?.hasBegun = true
            recover(segment, header)
            journal.warn("journal \(journal.directory.path): writes again")
        } catch .full {
            // The disk was not asked: appends are answered `full` until there is room to try.
            recover(nil, nil)
        } catch {
            sealFailed()
            refusePending()
            retryAt = pm_clock_monotonic() + journal.configuration.retryNanoseconds
        }
    }

    private func recover(_ segment: ActiveSegment?, _ header: SegmentHeader?) {
        retryAt = nil
        journal.monitor.withLock { shared in
            if let segment, let header { shared.segments.append(entry(of: segment, header)) }
            shared.isFailing = false
            shared.placeAgain(room: segment?.room ?? 0, journal.configuration)
        }
    }

    /// Answers the records that were taken before the failure was known.
    private func refusePending() {
        journal.monitor.withLock { shared in
            swap(&shared.pending, &group)
            shared.outstandingBytes -= group.count
            shared.heldBytes -= group.heldCount
            shared.statistics.failures += 1
            shared.statistics.refusedFailing += UInt64(group.records.count)
            shared.placeAgain(room: 0, journal.configuration)
        }
        guard !group.records.isEmpty else { return }
        for record in group.records { record.onDurable(.failure(.failing)) }
        group.removeAll()
        journal.monitor.withLock { $0.groupEnd }()
    }

    /// Leaves the active segment for good: after a failed sync the kernel may hold its pages for clean, so a
    /// second sync on this descriptor would say yes to data that never reached the disk.
    ///
    /// Cutting the file where its durable records end takes the failed group out of the page cache as well, so
    /// that a restarted process does not read what a power cut would take. Made longer again, it ends in the
    /// zeros that stand after every group.
    private func sealFailed() {
        guard let segment = active else { return }
        active = nil
        guard segment.hasBegun else {
            journal.fileSystem.close(segment.file)
            discard(segment)
            return
        }
        let end = segment.offset + Frame.markBytes
        let isCut =
            journal.fileSystem.truncate(segment.file, segment.offset) >= 0
            && journal.fileSystem.truncate(segment.file, end) >= 0
        journal.fileSystem.close(segment.file)
        journal.monitor.withLock { shared in
            guard isCut, let last = shared.segments.indices.last else { return }
            shared.liveBytes -= shared.segments[last].fileBytes - end
            shared.segments[last].fileBytes = end
            // Without records it is not needed: the segment before carries the sequence on.
            if shared.segments[last].firstSequence == shared.segments[last].endSequence, last > 0 {
                shared.liveBytes -= end
                shared.segments.removeLast()
                shared.discards.append(DiscardedSegment(number: segment.number, isReusable: false))
                journal.monitor.wake(.preparer)
            }
        }
    }
}
