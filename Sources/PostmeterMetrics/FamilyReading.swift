import PostmeterModel

/// One family as a reader finds it: its series, and those that have been taken away.
struct FamilyReading: Sendable {
    /// Where it was read.
    let storage: FamilyStorage
    /// The sums since the beginning.
    let snapshot: FamilySnapshot
    /// The series that had been removed by then, in the order of their removal; none of them is in `snapshot`.
    let retired: [RetiredSeries]
}
