internal import CCurl
internal import NIOConcurrencyHelpers

/// What the client's callers hand to its thread.
///
/// Safe on any thread.
final class ClientInbox: Sendable {
    private struct State {
        var waiting: [ClientJob] = []
        var pending = 0
        var pendingBytes = 0
        var isClosed = false
    }

    private let state = NIOLockedValueBox(State())
    private let multi: CurlMulti
    private let pendingLimit: Int
    private let pendingBytesLimit: Int

    init(multi: CurlMulti, pendingLimit: Int, pendingBytesLimit: Int) {
        self.multi = multi
        self.pendingLimit = pendingLimit
        self.pendingBytesLimit = pendingBytesLimit
    }

    /// Takes a job, and counts it until `finished`; says why not.
    func put(_ job: ClientJob) -> HTTPClientError? {
        state.withLockedValue { state in
            guard !state.isClosed else {
                return HTTPClientError(.cancelled, "the client is shut down")
            }
            guard state.pending < pendingLimit else {
                return HTTPClientError(
                    .queueFull,
                    "\(pendingLimit) requests are under way, as many as allowed"
                )
            }
            guard state.pendingBytes + job.body.bytes.count <= pendingBytesLimit else {
                return HTTPClientError(
                    .queueFull,
                    "the bodies under way would be more than \(pendingBytesLimit) bytes"
                )
            }
            state.pending += 1
            state.pendingBytes += job.body.bytes.count
            state.waiting.append(job)
            if state.waiting.count == 1 {
                // Under the lock, because the thread frees the handle once it has seen `isClosed`.
                curl_multi_wakeup(multi.handle)
            }
            return nil
        }
    }

    /// Takes all that waits, and says whether more may come.
    func takeAll() -> (jobs: [ClientJob], isClosed: Bool) {
        state.withLockedValue { state in
            let jobs = state.waiting
            if !jobs.isEmpty {
                state.waiting = []
            }
            return (jobs, state.isClosed)
        }
    }

    /// The job is over.
    func finished(_ job: ClientJob) {
        state.withLockedValue { state in
            state.pending -= 1
            state.pendingBytes -= job.body.bytes.count
        }
    }

    /// Lets nothing more in.
    func close() {
        state.withLockedValue { state in
            guard !state.isClosed else {
                return
            }
            state.isClosed = true
            curl_multi_wakeup(multi.handle)
        }
    }

    /// Requests that were taken and are not over.
    var pending: Int { state.withLockedValue(\.pending) }
}
