import PostmeterModel
import Synchronization

/// Keeps what was warned of.
final class Warnings: Sendable {
    private let list = Mutex<[String]>([])

    var diagnostics: Diagnostics {
        Diagnostics { [self] warning in list.withLock { $0.append(warning) } }
    }

    var all: [String] {
        list.withLock { $0 }
    }
}
