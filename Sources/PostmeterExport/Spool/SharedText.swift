import Synchronization

/// A text that threads share.
final class SharedText: Sendable {
    private let text = Mutex("")

    /// Sets the text: whether it was another one.
    func change(to new: String) -> Bool {
        text.withLock { text in
            defer { text = new }
            return text != new
        }
    }
}
