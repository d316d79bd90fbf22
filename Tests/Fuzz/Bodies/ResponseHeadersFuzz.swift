import PostmeterTransport

/// What a receiver says of when to try again: `Retry-After` and `Date`, one a line.
enum ResponseHeadersFuzz {
    static let target = FuzzTarget("response-headers", run)

    private static let now: Int64 = 1_700_000_000
    private static let longest: UInt64 = 3_155_760_000_000_000_000

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let retryAfter = input.line() ?? ""
        var headers: HTTPHeaders = ["Retry-After": retryAfter]
        let date = input.line()
        if let date { headers.add("Date", date) }
        let wait = RetryAfter.wait(in: headers, now: now)
        try require((wait ?? 0) <= longest, "\(retryAfter) is a wait of \(wait ?? 0) ns")
        if retryAfter.utf8.allSatisfy({ (0x30...0x39).contains($0) }), retryAfter.utf8.count < 10,
            let seconds = UInt64(retryAfter)
        {
            try require(wait == seconds * 1_000_000_000, "\(retryAfter) is a wait of \(wait ?? 0) ns")
        }
        for text in [retryAfter, date ?? ""] {
            // The leap second at the end of the year 9999 has no text.
            guard let seconds = HTTPDate.parse(text), seconds < 253_402_300_800 else { continue }
            let written = HTTPDate.format(seconds)
            try require(HTTPDate.parse(written) == seconds, "\(text) is \(seconds) s, written as \(written)")
            // The weekday need not be right, and a leap second is the one after it.
            if !text.hasSuffix(":60 GMT") {
                try require(
                    text.utf8.dropFirst(3).elementsEqual(written.utf8.dropFirst(3)),
                    "\(text) becomes \(written)")
            }
        }
        if let until = HTTPDate.parse(retryAfter) {
            let present = date.flatMap(HTTPDate.parse) ?? now
            try require(
                wait == min(UInt64(max(0, until - present)), longest / 1_000_000_000) * 1_000_000_000,
                "\(until - present) s are a wait of \(wait ?? 0) ns"
            )
        } else if UInt64(retryAfter) == nil, !retryAfter.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            try require(wait == nil, "\(retryAfter.debugDescription) is a wait of \(wait ?? 0) ns")
        }
    }
}
