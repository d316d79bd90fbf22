import PostmeterExposition
import PostmeterModel
import Synchronization

/// What a scrape of some families gives, and what was reported; without labels of scopes unless asked for.
struct Scrape {
    let bytes: [UInt8]
    let warnings: [String]

    init(
        _ families: [FamilySnapshot],
        as format: ExpositionFormat = .text,
        resource: Resource = Resource([]),
        options: ExpositionOptions = ExpositionOptions(scopeLabels: false)
    ) {
        let log = Log()
        let encoder = ExpositionEncoder(
            resource: resource, options: options, diagnostics: Diagnostics { log.add($0) })
        var bytes: [UInt8] = []
        encoder.encode(.make(families), as: format, into: &bytes)
        self.bytes = bytes
        warnings = log.lines
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The lines that are not metadata.
    var samples: [String] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
}

/// Sentences that were reported.
final class Log: Sendable {
    private let storage = Mutex<[String]>([])
    var lines: [String] { storage.withLock { $0 } }
    func add(_ line: String) { storage.withLock { $0.append(line) } }
}
