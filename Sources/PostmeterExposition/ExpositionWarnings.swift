import PostmeterModel
import Synchronization

/// Reports what is left out of a scrape, each thing once and not at every scrape.
final class ExpositionWarnings: Sendable {
    /// The most things that are reported; a service that has more has read enough.
    private static let limit = 128

    private let diagnostics: Diagnostics
    private let said = Mutex<Set<String>>([])

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    func warn(_ message: @autoclosure () -> String, about subject: String) {
        let isNew = said.withLock { $0.count < Self.limit && $0.insert(subject).inserted }
        if isNew { diagnostics.warn(message()) }
    }
}
