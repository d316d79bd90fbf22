import Glibc
import PostmeterJournal
import Synchronization

/// A file that whole lines are written to, by a thread of its own, since a write may wait for a reader.
///
/// Lines of several writers never mix. The thread takes no signals, so a reader that has gone does not end the
/// process.
package final class ConsoleOutput: Sendable {
    /// The standard output of this process.
    package static let standardOutput = ConsoleOutput { line in
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    private struct Waiting {
        let line: [UInt8]
        let written: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
        /// The thread that writes, or wrote last and has to be joined.
        var thread: JournalThread?
    }

    private let state = Mutex(State())
    private let writeLine: @Sendable ([UInt8]) -> Bool

    /// An output by way of a function, which may block and says whether it has written everything.
    package init(writeLine: @escaping @Sendable ([UInt8]) -> Bool) {
        self.writeLine = writeLine
    }

    deinit {
        state.withLock { $0.thread.take() }?.join()
    }

    /// Writes a line and returns whether it went out.
    ///
    /// Each writer waits for its own line, so no more lines wait than there are writers.
    func write(_ line: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let refused = state.withLock { state in
                state.waiting.append(Waiting(line: line, written: continuation))
                guard !state.isWriting else { return [Waiting]() }
                // The last thread has nothing more to do, and ends.
                state.thread?.join()
                state.thread = JournalThread { [self] in writeWaiting() }
                guard state.thread == nil else {
                    state.isWriting = true
                    return []
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            for waiting in refused { waiting.written.resume(returning: false) }
        }
    }

    private func writeWaiting() {
        while let next = next() {
            next.written.resume(returning: writeLine(next.line))
        }
    }

    private func next() -> Waiting? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
