/// When a request is sent again.
///
/// Statuses 429, 502, 503 and 504 and lost connections are tried again, after an exponential back-off with
/// full jitter; nothing else is. Source: OTLP specification, "OTLP/HTTP Response" and "Retry".
package struct RetryPolicy: Sendable, Equatable {
    /// The longest wait before the second try; it doubles with each further one.
    package var initialBackoff: Duration

    /// What the longest wait grows to.
    package var maximumBackoff: Duration

    /// The time for all tries and the waits between them; nil when each try's own timeout is enough.
    package var deadline: Duration?

    /// The number of tries.
    package var attempts: Int

    package init(
        initialBackoff: Duration = .seconds(1),
        maximumBackoff: Duration = .seconds(30),
        deadline: Duration? = .seconds(60),
        attempts: Int = .max
    ) {
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
        self.deadline = deadline
        self.attempts = attempts
    }

    /// One try.
    package static let none = RetryPolicy(deadline: nil, attempts: 1)

    /// Whether a response of this status asks to be tried again.
    package static func isRetryable(status: Int) -> Bool {
        switch status {
        case 429, 502, 503, 504: true
        default: false
        }
    }

    /// The wait before the next try, in nanoseconds.
    ///
    /// - Parameters:
    ///   - attempt: The number of the try that has failed, from 1.
    ///   - retryAfter: What the receiver asked for, in nanoseconds; it is never undercut.
    ///   - random: A number from 0 up to 1.
    package func wait(afterAttempt attempt: Int, retryAfter: UInt64?, random: Double) -> UInt64 {
        let longest = backoff(afterAttempt: attempt)
        let jitter = UInt64(Double(longest) * min(max(random, 0), 1))
        // Receivers tell all their senders the same time; the jitter keeps those apart.
        return (retryAfter ?? 0).addingReportingOverflow(jitter).partialValue
    }

    /// The wait before the next try, or nil when there is none because tries or time have run out.
    ///
    /// - Parameters:
    ///   - attempt: The number of the try that has failed, from 1.
    ///   - elapsed: Nanoseconds since the request was handed over.
    ///   - retryAfter: What the receiver asked for, in nanoseconds.
    ///   - random: A number from 0 up to 1.
    package func next(
        afterAttempt attempt: Int,
        elapsed: UInt64,
        retryAfter: UInt64?,
        random: Double
    ) -> UInt64? {
        guard attempt < attempts else {
            return nil
        }
        let wait = wait(afterAttempt: attempt, retryAfter: retryAfter, random: random)
        if let remaining = remaining(elapsed: elapsed), wait >= remaining {
            return nil
        }
        return wait
    }

    /// What is left of the deadline, in nanoseconds; nil when there is none.
    package func remaining(elapsed: UInt64) -> UInt64? {
        deadline.map { deadline in
            let limit = deadline.nanosecondsClamped
            return limit > elapsed ? limit - elapsed : 0
        }
    }

    private func backoff(afterAttempt attempt: Int) -> UInt64 {
        let first = initialBackoff.nanosecondsClamped
        let maximum = maximumBackoff.nanosecondsClamped
        let doublings = max(0, attempt - 1)
        guard doublings < first.leadingZeroBitCount else {
            return maximum
        }
        return min(first << UInt64(doublings), maximum)
    }
}
