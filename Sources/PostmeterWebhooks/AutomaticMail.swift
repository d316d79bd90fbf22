/// The headers by which mail says that a machine sent it, so that nothing should answer it by itself.
///
/// Sources: RFC 3834, section 5, for `Auto-Submitted`; the others are what senders used before it and still do.
enum AutomaticMail {
    /// The headers that say so, in lower case.
    static let names: [StaticString] = ["auto-submitted", "precedence", "x-autoreply", "x-autorespond"]

    private static let precedences: [StaticString] = ["bulk", "junk", "auto_reply"]

    /// Whether this value of a header of `names` says so.
    static func says(_ value: UnsafeBufferPointer<UInt8>, inHeader name: StaticString) -> Bool {
        let word = firstWord(of: value)
        if name.description == "precedence" { return precedences.contains { word.equals(anyCase: $0) } }
        // `no` and an empty value say that a person did.
        return !word.isEmpty && !word.equals(anyCase: "no")
    }

    /// What stands before a parameter, a comment or white space.
    private static func firstWord(of value: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let rest = value.drop { $0 <= 0x20 }
        let word = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "(") }
        return UnsafeBufferPointer(rebasing: word)
    }
}
