import PostmeterModel

/// A series that has been removed, with what it had come to.
struct RetiredSeries: Sendable {
    /// Its attributes as they were exported.
    let identity: SeriesIdentity
    /// The first of its cells, which no other series is given.
    let cell: UInt32
    /// Its value when it was removed.
    let value: SeriesValue
    /// Whether a negative value was ever put into it, as far as its extremes are kept.
    let hasNegative: Bool
}
