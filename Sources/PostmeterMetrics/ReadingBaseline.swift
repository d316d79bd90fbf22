import PostmeterModel

/// What a reader last read of a family, which its next differences begin at.
struct ReadingBaseline: Sendable {
    /// When.
    var time: UnixTime
    /// Whose values they are.
    var identities: [SeriesIdentity]
    /// The values, in the order of `identities`.
    var values: SeriesValues
    /// What the differences given so far add up to where they are floating, in the same order; else empty.
    ///
    /// Differences are rounded, so that their sum may be off by a little; the next one makes up for it.
    var sent: [Double]
    /// How many removed series have been dealt with.
    var retired: Int
}
