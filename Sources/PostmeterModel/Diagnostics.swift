/// The way in which a room that must not log tells its owner that something is off.
///
/// Lower floors do no I/O: they hand one sentence to the closure they were given. It may be called on any
/// thread, must return soon and must not record into the registry it serves.
public struct Diagnostics: Sendable {
    private let handler: @Sendable (String) -> Void

    /// Creates diagnostics that call `handler` with a sentence that says what happened and what was done.
    public init(_ handler: @escaping @Sendable (String) -> Void) {
        self.handler = handler
    }

    /// Diagnostics that nobody hears.
    public static let silent = Diagnostics { _ in }

    /// Reports one sentence.
    public func warn(_ message: String) {
        handler(message)
    }
}
