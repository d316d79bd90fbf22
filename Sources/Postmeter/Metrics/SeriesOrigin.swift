/// Where a series belongs among those of swift-metrics.
struct SeriesOrigin: Sendable, Hashable {
    /// The name of the instrument in small letters, since letter case does not tell instruments apart.
    let name: String
    /// The keys of its dimensions, sorted.
    let labels: [String]
    /// Their values, in the order of the keys.
    let values: [String]
}
