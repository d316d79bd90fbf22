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
    /// The series that have been removed, by hand or because they stood still; their cells are used up.
    package var retired = 0
    /// What was recorded in removed series, through handles kept since before, and is not exported: the amounts of
    /// integer sums, the values of histograms, and of other instruments the series that have changed.
    package var late: UInt64 = 0
    /// How often a series was not removed though it should have been: it is durable, or too many had been.
    package var refusedRemovals: UInt64 = 0
}
