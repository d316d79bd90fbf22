import Testing

@testable import PostmeterTransport

@Suite struct RetryAfterTests {
    private static let second: UInt64 = 1_000_000_000

    @Test(arguments: [
        ("0", 0), ("1", 1), ("120", 120), ("007", 7),
        ("99999999999", 3_155_760_000), ("99999999999999999999999", 3_155_760_000),
    ])
    func `seconds are read`(text: String, seconds: UInt64) {
        #expect(RetryAfter.wait(in: ["Retry-After": text], now: 0) == seconds * Self.second)
    }

    @Test(arguments: ["", "soon", "-1", "1.5", "+1", "1 s"])
    func `anything else is as good as nothing`(text: String) {
        #expect(RetryAfter.wait(in: ["Retry-After": text], now: 0) == nil)
    }

    @Test func `nothing is nothing`() {
        #expect(RetryAfter.wait(in: ["Date": "Sun, 06 Nov 1994 08:49:37 GMT"], now: 0) == nil)
    }

    @Test func `a date is taken relative to our clock`() {
        let headers: HTTPHeaders = ["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"]
        #expect(RetryAfter.wait(in: headers, now: 784_111_770) == 7 * Self.second)
        #expect(RetryAfter.wait(in: headers, now: 784_111_777) == 0)
        #expect(RetryAfter.wait(in: headers, now: 784_111_778) == 0)
    }

    @Test func `a date is taken relative to the receiver's clock when it says what that is`() {
        let headers: HTTPHeaders = [
            "Retry-After": "Sun, 06 Nov 1994 08:50:00 GMT", "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
        ]
        #expect(RetryAfter.wait(in: headers, now: 1_700_000_000) == 23 * Self.second)
    }

    @Test func `a date in the far future does not overflow`() {
        let headers: HTTPHeaders = ["Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"]
        #expect(RetryAfter.wait(in: headers, now: 0) == 3_155_760_000 * Self.second)
    }
}
