/// Why a ``Postmeter`` cannot be made or run; the description names the setting and what would be right.
public struct PostmeterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
