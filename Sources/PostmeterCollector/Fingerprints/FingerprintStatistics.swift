/// What a log of fingerprints remembers, and what it lost.
struct FingerprintStatistics: Sendable, Hashable {
    /// Entries that are remembered, in memory and in files.
    var entries = 0
    /// Files that are open.
    var files = 0
    /// Memory of tables, filters and directories, in bytes.
    var bytes = 0
    /// Entries forgotten before their time because there were more than the limit, since the process started.
    var forgottenEarly: UInt64 = 0
    /// Files found damaged or missing at the start.
    var lostFiles = 0
    /// Entries that those files held.
    var lostEntries: UInt64 = 0
    /// Look-ups that the disk refused; each was answered as if the file did not hold the key.
    var failedReads: UInt64 = 0
}
