/// A generation of fingerprints that takes no more entries, in memory until a checkpoint holds it in a file.
final class FullGeneration {
    let number: UInt64
    let entries: Int
    /// The accepted-at time of the last entry.
    let acceptedAt: UInt64
    var table: GenerationTable
    /// Its file, once it is written; no checkpoint names it yet.
    var file: FingerprintFile?

    init(number: UInt64, entries: Int, acceptedAt: UInt64, table: consuming GenerationTable) {
        self.number = number
        self.entries = entries
        self.acceptedAt = acceptedAt
        self.table = table
    }
}
