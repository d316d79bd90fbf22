/// Which span of time the points of a sum or distribution cover.
///
/// The raw values are those of OTLP's `AggregationTemporality`.
public enum AggregationTemporality: UInt8, Sendable, Hashable {
    /// From the last collection of the same reader to this one.
    case delta = 1
    /// From the beginning of the series.
    case cumulative = 2
}
