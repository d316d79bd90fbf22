/// What a registry holds and what it could not take.
package struct RegistryStatistics: Sendable, Hashable {
    /// The families, those that are not exported included.
    package var families: Int
    /// The series of all families, the overflow series included.
    package var series: Int
    /// The cells of those series.
    package var cells: Int
    /// How often a look-up ended at an overflow series.
    package var overflowed: UInt64
    /// The measurements that an instrument refused: not-a-number, infinite, or negative for a sum.
    package var refused: UInt64
    /// How often a series could not be made because the process had no cell or memory left for it.
    package var exhausted: UInt64
    /// How often a snapshot took a histogram from a thread that would not stop recording, so that the sum may
    /// miss a value that the buckets have.
    package var torn: UInt64
}
