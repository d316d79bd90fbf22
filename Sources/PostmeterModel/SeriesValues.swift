/// The values of the series of one family at one instant, as columns.
///
/// Column `i` belongs to identity `i` of the family.
package enum SeriesValues: Sendable {
    /// Integer counters and gauges.
    case integers([Int64])
    /// Floating counters and gauges.
    case doubles([Double])
    /// Histograms: `counts` has `bounds.count + 1` non-cumulative buckets a series, `sums` one sum a series.
    case histograms(counts: [UInt64], sums: [Double])
    /// Exponential histograms.
    case exponentials([ExponentialPoint])
}
