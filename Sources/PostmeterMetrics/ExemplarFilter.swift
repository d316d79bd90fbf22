/// Which measurements may become exemplars.
///
/// Source: OpenTelemetry specification, "Metrics SDK", section "ExemplarFilter".
public enum ExemplarFilter: Sendable, Hashable {
    /// All of them.
    case alwaysOn
    /// None; recording then costs nothing for exemplars.
    case alwaysOff
    /// Those made in a span that is sampled.
    case traceBased
}
