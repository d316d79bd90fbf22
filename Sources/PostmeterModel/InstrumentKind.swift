/// What an instrument measures, which decides how its points are combined and exported.
public enum InstrumentKind: String, Sendable, Hashable {
    /// A sum that never falls.
    case counter
    /// A sum that may fall.
    case upDownCounter
    /// The last value set.
    case gauge
    /// A distribution, over explicit bounds or exponential buckets.
    case histogram
}
