internal import CPrimitives
internal import NIOCore
internal import PostmeterExport
internal import PostmeterJournal
internal import PostmeterTracing
internal import PostmeterTransport
internal import Synchronization

/// The end of a collector.
extension RunningCollector {
    /// Ends everything in the order that loses nothing: no new webhooks, answers given, all of the journal
    /// folded, a last checkpoint, a last push.
    ///
    /// What does not get done in time is left, and nothing of it is lost that was acknowledged: the next start folds
    /// the rest of the journal, and sends what is in the spools. Nothing waits for the disk here, which the caller
    /// must be ready for.
    ///
    /// - Parameter timeout: How long it may take. The listener has a fifth of it; the fold has until half of it has
    ///   passed, the exports until four fifths have.
    /// - Returns: What was done, and what was left.
    @discardableResult
    func stop(within timeout: TimeSpan = TimeSpan(seconds: 25)) async -> ShutdownReport {
        let began = pm_clock_monotonic()
        let whole = timeout.nanoseconds
        let before = (position: fold.position.load(ordering: .relaxed), exports: exports.totals)
        await listeners.ingest.close(within: timeout.duration / 5)
        fold.stop(by: began + whole / 2)
        // The thread ends right after it has said so; until then no thread of the tasks' own is held.
        for await _ in foldEnd {}
        foldThread.join()
        let passed = pm_clock_monotonic() - began
        let left = whole / 5 * 4 > passed ? whole / 5 * 4 - passed : 0
        await exports.shutdown(within: .nanoseconds(Int64(clamping: min(left, whole / 5 * 2))))
        await listeners.scrape.close(within: timeout.duration / 25)
        await listeners.admin.close(within: timeout.duration / 25)
        let position = fold.position.load(ordering: .relaxed)
        journal.close()
        let end = journal.durableEnd
        try? store.close()
        try? await loops.shutdownGracefully()
        lock.release()
        let after = exports.totals
        return ShutdownReport(
            folded: position - min(position, before.position), unfolded: end - min(end, position),
            isCheckpointed: fold.failedCheckpoints.load(ordering: .relaxed) == 0,
            exported: after.accepted - before.exports.accepted, spooled: after.spooled,
            lost: after.lost - before.exports.lost,
            spansDropped: rooms.tracer.statistics.dropped, nanoseconds: pm_clock_monotonic() - began)
    }
}
