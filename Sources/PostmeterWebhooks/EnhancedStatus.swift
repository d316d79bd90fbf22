/// An enhanced mail system status code: `class.subject.detail`.
///
/// Source: RFC 3463, section 2.
struct EnhancedStatus: Sendable, Hashable {
    /// 4 for "try again", 5 for "refused".
    var `class`: Int
    /// What it is about: 1 the address, 2 the mailbox, 3 the system, 4 the network, 5 the protocol, 6 the
    /// content, 7 security or policy.
    var subject: Int
    /// Which case of the subject.
    var detail: Int

    /// The first code of class 4 or 5 in a text.
    ///
    /// Numbers that go on, as those of a version or an IP address do, are none.
    static func find(in text: UnsafeBufferPointer<UInt8>) -> EnhancedStatus? {
        let dot = UInt8(ascii: ".")
        for start in text.indices where text[start] == 0x34 || text[start] == 0x35 {
            if start > 0, isDigit(text[start - 1]) || text[start - 1] == dot { continue }
            guard start + 1 < text.count, text[start + 1] == dot,
                let subject = number(in: text, at: start + 2),
                subject.end < text.count, text[subject.end] == dot,
                let detail = number(in: text, at: subject.end + 1)
            else { continue }
            let goesOn =
                detail.end + 1 < text.count && text[detail.end] == dot && isDigit(text[detail.end + 1])
            if !goesOn {
                return EnhancedStatus(
                    class: Int(text[start] - 0x30),
                    subject: subject.value,
                    detail: detail.value
                )
            }
        }
        return nil
    }

    /// One to three digits, and where they end.
    private static func number(
        in text: UnsafeBufferPointer<UInt8>,
        at start: Int
    ) -> (value: Int, end: Int)? {
        var value = 0
        var end = start
        while end < text.count, isDigit(text[end]) {
            guard end - start < 3 else { return nil }
            value = value * 10 + Int(text[end] - 0x30)
            end += 1
        }
        return end > start ? (value, end) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte
    }
}
