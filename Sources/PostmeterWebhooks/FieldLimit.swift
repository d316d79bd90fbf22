/// The bytes that are kept of a text field.
enum FieldLimit {
    /// An id that a platform gave.
    static let id = 256
    /// A word: a type, a subtype, a reason.
    static let word = 64
    /// A sentence.
    static let sentence = 256
    /// What a server said of a bounce: more than is kept, so that an address is masked before it is cut.
    static let diagnostic = 1_024
}
