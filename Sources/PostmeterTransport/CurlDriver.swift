internal import CCurl
internal import NIOCore

/// The client's thread: starts transfers, waits for them, and tries again what failed.
final class CurlDriver {
    private struct Try {
        let job: ClientJob
        let attempt: Int
        /// How the try before ended, for when there is no time for this one.
        var previous: Result<HTTPClientResponse, HTTPClientError>?
    }

    private let multi: CurlMulti
    private let inbox: ClientInbox
    private let configuration: HTTPClient.Configuration
    private let clock: HTTPClient.Clock

    private var ready = CircularBuffer<Try>()
    private var delayed: [(due: UInt64, next: Try)] = []
    private var active: [ObjectIdentifier: CurlTransfer] = [:]
    private var idle: [CurlTransfer] = []

    init(
        multi: CurlMulti,
        inbox: ClientInbox,
        configuration: HTTPClient.Configuration,
        clock: HTTPClient.Clock
    ) {
        self.multi = multi
        self.inbox = inbox
        self.configuration = configuration
        self.clock = clock
    }

    /// Serves the inbox until it is closed, then ends everything that is under way.
    func run() {
        while true {
            let (jobs, isClosed) = inbox.takeAll()
            ready.append(contentsOf: jobs.map { Try(job: $0, attempt: 1) })
            if isClosed {
                break
            }
            takeDue()
            startReady()
            var running: CInt = 0
            curl_multi_perform(multi.handle, &running)
            if finishDone() {
                // Room was made, and perhaps something is due.
                continue
            }
            curl_multi_poll(multi.handle, nil, 0, pollMilliseconds(), nil)
        }
        cancelAll()
        idle = []
        curl_multi_cleanup(multi.handle)
    }

    private func takeDue() {
        guard !delayed.isEmpty else {
            return
        }
        let now = clock.now()
        ready.append(contentsOf: delayed.lazy.filter { $0.due <= now }.map(\.next))
        delayed.removeAll { $0.due <= now }
    }

    private func pollMilliseconds() -> CInt {
        guard let due = delayed.map(\.due).min() else {
            return 60_000
        }
        let now = clock.now()
        return due > now ? CInt(min((due - now) / 1_000_000 + 1, 60_000)) : 0
    }

    // MARK: Starting

    private func startReady() {
        while active.count < configuration.concurrency, let next = ready.popFirst() {
            start(next)
        }
    }

    private func start(_ next: Try) {
        let job = next.job
        let elapsed = elapsed(job)
        let remaining = job.policy.remaining(elapsed: elapsed) ?? .max
        guard remaining > 0 else {
            let late = HTTPClientError(.timeout, "the deadline passed before the request could be sent")
            complete(job, next.previous ?? .failure(late), attempts: next.attempt - 1)
            return
        }
        guard let transfer = idle.popLast() ?? CurlTransfer(bodyLimit: configuration.responseBytesLimit)
        else {
            complete(job, .failure(HTTPClientError(.other, "memory is short")), attempts: next.attempt - 1)
            return
        }
        let timeout = min(job.request.timeout.nanosecondsClamped, remaining)
        var error = transfer.prepare(
            job,
            attempt: next.attempt,
            timeout: timeout,
            configuration: configuration
        )
        if error == nil, curl_multi_add_handle(multi.handle, transfer.handle) != CURLM_OK {
            error = HTTPClientError(.other, "libcurl does not take the request")
        }
        if let error {
            recycle(transfer)
            if error.isRetryable {
                finish(job, .failure(error), attempt: next.attempt)
            } else {
                complete(job, .failure(error), attempts: next.attempt - 1)
            }
        } else {
            active[ObjectIdentifier(transfer)] = transfer
        }
    }

    private func recycle(_ transfer: CurlTransfer) {
        transfer.clear()
        idle.append(transfer)
    }

    // MARK: Ending

    /// Takes the transfers that are over; false when there was none.
    private func finishDone() -> Bool {
        var any = false
        var left: CInt = 0
        while let message = curl_multi_info_read(multi.handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = CurlTransfer.of(handle)
            else {
                continue
            }
            any = true
            // The message lives in the multi handle, and not beyond the next call that changes it.
            let code = pm_curl_message_result(message)
            let outcome = transfer.outcome(code)
            let attempt = transfer.attempt
            let job = transfer.job
            curl_multi_remove_handle(multi.handle, handle)
            active[ObjectIdentifier(transfer)] = nil
            recycle(transfer)
            if let job {
                finish(job, outcome, attempt: attempt)
            }
        }
        return any
    }

    private func finish(
        _ job: ClientJob,
        _ outcome: Result<HTTPClientResponse, HTTPClientError>,
        attempt: Int
    ) {
        let isRetryable: Bool
        var retryAfter: UInt64?
        switch outcome {
        case .success(let response):
            isRetryable = RetryPolicy.isRetryable(status: response.status)
            retryAfter = isRetryable ? RetryAfter.wait(in: response.headers, now: clock.wallSeconds()) : nil
        case .failure(let error):
            isRetryable = error.isRetryable
        }
        let now = clock.now()
        guard isRetryable,
            let wait = job.policy.next(
                afterAttempt: attempt,
                elapsed: elapsed(job),
                retryAfter: retryAfter,
                random: clock.random()
            )
        else {
            complete(job, outcome, attempts: attempt)
            return
        }
        delayed.append((now &+ wait, Try(job: job, attempt: attempt + 1, previous: outcome)))
    }

    private func complete(
        _ job: ClientJob,
        _ outcome: Result<HTTPClientResponse, HTTPClientError>,
        attempts: Int
    ) {
        inbox.finished(job)
        job.completion(HTTPClientResult(outcome: outcome, attempts: attempts, nanoseconds: elapsed(job)))
    }

    private func elapsed(_ job: ClientJob) -> UInt64 {
        let now = clock.now()
        return now > job.started ? now - job.started : 0
    }

    private func cancelAll() {
        let cancelled = HTTPClientError(.cancelled, "the client is shut down")
        for transfer in active.values {
            curl_multi_remove_handle(multi.handle, transfer.handle)
            if let job = transfer.job {
                complete(job, .failure(cancelled), attempts: transfer.attempt)
            }
        }
        active = [:]
        for next in Array(ready) + delayed.map(\.next) {
            complete(next.job, .failure(cancelled), attempts: next.attempt - 1)
        }
        ready.removeAll()
        delayed = []
    }
}
