/// The header field with which a receiver says when to try again.
///
/// Source: RFC 9110, section 10.2.3.
package enum RetryAfter {
    /// The wait that is asked for, in nanoseconds; nil when there is no such field or it cannot be read.
    ///
    /// A date is taken relative to the response's own `Date`, because the receiver's clock may differ from ours,
    /// and to `now`, in seconds since 1970, when there is none.
    package static func wait(in headers: HTTPHeaders, now: Int64) -> UInt64? {
        guard let text = headers["Retry-After"] else {
            return nil
        }
        if let seconds = seconds(text) {
            return min(seconds, longest) * 1_000_000_000
        }
        guard let date = HTTPDate.parse(text) else {
            return nil
        }
        let present = headers["Date"].flatMap(HTTPDate.parse) ?? now
        return min(UInt64(max(0, date - present)), longest) * 1_000_000_000
    }

    /// A hundred years in seconds, which is what more is read as.
    private static let longest: UInt64 = 3_155_760_000

    private static func seconds(_ text: String) -> UInt64? {
        guard !text.isEmpty, text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            return nil
        }
        return UInt64(text) ?? .max
    }
}
