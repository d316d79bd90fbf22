internal import CPrimitives
internal import Glibc
internal import PostmeterJournal
internal import Synchronization

/// Ends the process when its orderly end takes too long: a disk that hangs holds no thread of ours for ever.
///
/// Nothing that was acknowledged is lost by it, as by kill -9.
final class ShutdownLimit: Sendable {
    private let isOver = Atomic<Bool>(false)

    /// Begins to count, on a thread of its own.
    ///
    /// - Parameters:
    ///   - seconds: How long the end may take.
    ///   - end: Ends the process; it gets the sentence that says why.
    init(seconds: Double, end: @escaping @Sendable (String) -> Void = ShutdownLimit.endProcess) {
        let thread = JournalThread { [weak self] in
            pm_clock_sleep(UInt64(max(0, seconds) * 1e9))
            guard let self, !self.isOver.load(ordering: .acquiring) else { return }
            end(
                "the end took longer than shutdown_timeout, \(seconds) s, and is cut off; no acknowledged webhook is "
                    + "lost: the next start folds the rest")
        }
        thread?.detach()
    }

    /// Says that the end came in time.
    func finish() {
        isOver.store(true, ordering: .releasing)
    }

    /// Writes a line to standard error and ends the process at once, with exit code 1.
    static func endProcess(_ why: String) {
        let line = Array("postmeter: \(why)\n".utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
        _exit(1)
    }
}
