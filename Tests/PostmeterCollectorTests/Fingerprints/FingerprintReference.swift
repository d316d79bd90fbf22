@testable import PostmeterCollector

/// The law that a log of fingerprints must keep, in the plainest way: every entry in a list.
struct FingerprintReference {
    let shape: FingerprintLog.Shape
    private var entries: [(key: UInt64, word: UInt64, acceptedAt: UInt64)] = []
    /// Entries that are forgotten: the first so many.
    private var forgotten = 0
    /// Entries that the limit made it forget before their time.
    private(set) var forgottenEarly = 0

    init(shape: FingerprintLog.Shape) {
        self.shape = shape
    }

    func word(of key: UInt64) -> UInt64? {
        entries[forgotten...].last { $0.key == key }?.word
    }

    mutating func set(_ word: UInt64, for key: UInt64, at acceptedAt: UInt64) {
        entries.append((key, word, acceptedAt))
    }

    /// Forgets whole volumes while the oldest is full and either too old or over the limit.
    mutating func expire(at now: UInt64) {
        while entries.count - forgotten >= shape.volumeEntries {
            let last = entries[forgotten + shape.volumeEntries - 1]
            let isOld = last.acceptedAt + shape.lifetime < now
            guard isOld || entries.count - forgotten > shape.limit else { return }
            forgotten += shape.volumeEntries
            if !isOld { forgottenEarly += shape.volumeEntries }
        }
    }
}
