import Testing

@testable import PostmeterCollector

@Suite struct DeadLetterQueryTests {
    private static let now: UInt64 = 1_800_000_000_000_000_000

    private func query(_ text: String) throws -> DeadLetterQuery {
        try DeadLetterQuery(text, besides: ["limit", "cursor", "sequences", "all"], now: Self.now)
    }

    @Test func `a query names criteria, and times may count back`() throws {
        let query = try query(
            "endpoint=acme%2Dresend&reason=bad_time&from=3&to=9&since=2h&until=2027-01-15T08:00:00Z&limit=7&cursor=8"
        )
        var criteria = DeadLetterCriteria()
        criteria.endpoint = "acme-resend"
        criteria.reason = "bad_time"
        (criteria.from, criteria.to) = (3, 9)
        criteria.since = Self.now - 7_200_000_000_000
        criteria.until = 1_800_000_000_000_000_000
        #expect(query.criteria == criteria)
        #expect(query.limit == 7)
        #expect(query.cursor == 8)
        #expect(query.numbers == nil)
        #expect(try self.query("sequences=4,2").numbers == [4, 2])
    }

    @Test(arguments: [
        ("limit=0", "limit: must be from 1 to 1000"),
        ("limit=many", "limit: must be from 1 to 1000"),
        ("cursor=x", "cursor: must be the number of a dead letter, such as 1207"),
        ("from=-1", "from: must be the number of a dead letter, such as 1207"),
        ("from=9223372036854775808", "from: must be the number of a dead letter, such as 1207"),
        ("from=9&to=3", "to: is below from"),
        ("since=1h&until=2h", "until: is not after since"),
        (
            "since=yesterday",
            "since: must be a time such as 2026-11-29T10:00:00Z, or so long ago: 30m, 2h, 7d"
        ),
        ("endpoint=", "endpoint: must have 1 to 128 bytes"),
        ("reason=a&reason=b", "reason: stands twice"),
        ("reason=%ff", "query: is not percent-encoded UTF-8"),
        ("sequences=1,,2", "sequences: must be the number of a dead letter, such as 1207"),
        ("all=yes", "all: must be true"),
        (
            "reasn=x",
            "reasn: is not known; known: from, to, since, until, endpoint, provider, reason, limit, cursor, "
                + "sequences, all"
        ),
    ])
    func `a bad parameter is refused by name`(text: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try query(text) }
        #expect(error?.description == expected)
    }

    @Test func `a body of JSON names numbers or criteria`() throws {
        #expect(
            try DeadLetterRequest.selection(Array(#"{"sequences":[9,3,9]}"#.utf8), now: 0)
                == .numbers([3, 9]))
        var criteria = DeadLetterCriteria()
        criteria.provider = "resend"
        criteria.to = 70
        #expect(
            try DeadLetterRequest.selection(
                Array(#"{"provider":"resend","to":70,"limit":5}"#.utf8), now: 0)
                == .matching(criteria, limit: 5))
        #expect(
            try DeadLetterRequest.selection(Array(#"{"all":true}"#.utf8), now: 0)
                == .matching(DeadLetterCriteria(), limit: 1_000))
    }

    @Test(arguments: [
        (
            "{}",
            "sequences: is missing: name numbers, criteria (from, to, since, until, endpoint, provider, reason), "
                + "or say all"
        ),
        (#"{"sequences":[]}"#, "sequences: must have 1 to 1000 numbers"),
        (#"{"sequences":[1],"reason":"x"}"#, "sequences: stands beside criteria; keep one of them"),
        (#"{"all":true,"reason":"x"}"#, "all: stands beside criteria; keep one of them"),
        (#"{"all":true,"limit":1001}"#, "limit: must be from 1 to 1000"),
        (
            #"{"sequence":[1]}"#,
            "sequence: unknown key; known here: sequences, from, to, since, until, endpoint, provider, reason, "
                + "all, limit"
        ),
    ])
    func `a bad body is refused by the name of its field`(body: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try DeadLetterRequest.selection(Array(body.utf8), now: 0)
        }
        #expect(error?.description == expected)
    }

    @Test(arguments: [
        ("", ""), ("[", ""), ("[]", ""), (#"{"sequences":"all"}"#, "sequences"),
        (#"{"sequences":[-1]}"#, "sequences[0]"), (#"{"limit":"5"}"#, "limit"), (#"{"from":1.5}"#, "from"),
    ])
    func `what is not of the form of a body is refused`(body: String, path: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try DeadLetterRequest.selection(Array(body.utf8), now: 0)
        }
        #expect(error?.path == path)
    }
}
