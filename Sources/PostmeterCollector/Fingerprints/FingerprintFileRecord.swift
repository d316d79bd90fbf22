/// What the database says of a file of fingerprints: which generations it holds, and how it must look.
struct FingerprintFileRecord: Sendable, Hashable {
    /// The first and the last generation whose entries it holds.
    var first: UInt64
    var last: UInt64
    /// Entries that were taken in, those counted that later ones of the same key replaced.
    var entries: UInt64
    /// The accepted-at time of the last entry, in nanoseconds since the Unix epoch.
    var acceptedAt: UInt64
    /// The length in bytes; 0 when the file was lost, and the record stands for what is known of it.
    var length: UInt64
    /// The CRC-32C of everything behind the header.
    var checksum: UInt32

    /// Whether the file was found damaged or missing.
    var isLost: Bool { length == 0 }

    /// The record of the same generations without a file.
    var lost: FingerprintFileRecord {
        var lost = self
        lost.length = 0
        lost.checksum = 0
        return lost
    }

    /// The name of the file of a log.
    func name(in log: FingerprintLog.Name) -> String {
        log.file(first, last)
    }
}

extension FingerprintLog.Name {
    /// The name of the file of the generations from `first` to `last`.
    func file(_ first: UInt64, _ last: UInt64) -> String {
        "\(rawValue)-\(first == last ? "\(first)" : "\(first)-\(last)").fp"
    }
}
