import Testing

@testable import PostmeterTransport

@Suite struct RetryPolicyTests {
    private static let second: UInt64 = 1_000_000_000

    @Test(arguments: [
        (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (40, 30), (64, 30), (1_000_000, 30),
    ])
    func `the longest wait doubles up to its limit`(attempt: Int, seconds: UInt64) {
        let policy = RetryPolicy()
        let almostOne = 1.0.nextDown
        #expect(policy.wait(afterAttempt: attempt, retryAfter: nil, random: 0) == 0)
        #expect(policy.wait(afterAttempt: attempt, retryAfter: nil, random: 0.5) == seconds * Self.second / 2)
        let longest = policy.wait(afterAttempt: attempt, retryAfter: nil, random: almostOne)
        #expect(longest <= seconds * Self.second)
        #expect(longest > seconds * Self.second - 10)
    }

    @Test func `the wait lies between nothing and the longest one, whatever the random number is`() {
        let policy = RetryPolicy(initialBackoff: .milliseconds(3), maximumBackoff: .milliseconds(17))
        for attempt in 1...10 {
            for random in [-1, 0, 0.1, 0.9, 1, 2, .infinity] {
                #expect(policy.wait(afterAttempt: attempt, retryAfter: nil, random: random) <= 17_000_000)
            }
        }
    }

    @Test func `what the receiver asks for is not undercut`() {
        let policy = RetryPolicy()
        #expect(policy.wait(afterAttempt: 1, retryAfter: 5 * Self.second, random: 0) == 5 * Self.second)
        #expect(
            policy.wait(afterAttempt: 1, retryAfter: 5 * Self.second, random: 0.5) == 11 * Self.second / 2
        )
    }

    @Test(
        arguments: [
            // tries so far, seconds gone, seconds asked for, the wait in seconds
            (1, 0, nil, 0.5), (2, 0, nil, 1), (3, 0, nil, nil),
            (1, 9.4, nil, 0.5), (1, 9.5, nil, nil), (1, 10, nil, nil), (1, 11, nil, nil),
            (1, 0, 9, 9.5), (1, 0, 9.5, nil), (1, 0, 3_155_760_000, nil),
        ] as [(Int, Double, Double?, Double?)]
    )
    func `there is no further try when tries or time run out`(
        attempt: Int,
        elapsed: Double,
        retryAfter: Double?,
        wait: Double?
    ) {
        let policy = RetryPolicy(deadline: .seconds(10), attempts: 3)
        func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }
        #expect(
            policy.next(
                afterAttempt: attempt,
                elapsed: nanoseconds(elapsed),
                retryAfter: retryAfter.map(nanoseconds),
                random: 0.5
            ) == wait.map(nanoseconds)
        )
    }

    @Test func `no policy means one try`() {
        #expect(RetryPolicy.none.next(afterAttempt: 1, elapsed: 0, retryAfter: nil, random: 0) == nil)
    }

    @Test func `without a deadline there is always time`() {
        let policy = RetryPolicy(deadline: nil)
        #expect(policy.next(afterAttempt: 999, elapsed: .max, retryAfter: nil, random: 0) == 0)
        #expect(policy.remaining(elapsed: .max) == nil)
    }

    @Test func `exactly the statuses that the protocol names are tried again`() {
        #expect((100..<600).filter(RetryPolicy.isRetryable) == [429, 502, 503, 504])
    }

    @Test(
        arguments: [
            (Duration.seconds(-1), 0), (.zero, 0), (.nanoseconds(1), 1),
            (.milliseconds(1_500), 1_500_000_000),
            (.seconds(Int64.max), 9_223_372_036_854_775_807),
        ] as [(Duration, UInt64)]
    )
    func `a duration is nanoseconds, within limits`(duration: Duration, nanoseconds: UInt64) {
        #expect(duration.nanosecondsClamped == nanoseconds)
    }
}
