/// Which measurements may become exemplars.
///
/// A series keeps the newest one, a histogram the newest one a bucket, or up to 20 with exponential buckets; each
/// place takes 48 bytes. They are kept until newer ones come. Gauges, observable instruments and families that
/// outlive the process have none. Of two threads that come to one place at once, one is left out.
/// Source: OpenTelemetry specification, "Metrics SDK", section "ExemplarFilter".
public enum ExemplarFilter: Sendable, Hashable {
    /// All of them.
    case alwaysOn
    /// None; recording then costs nothing for exemplars.
    case alwaysOff
    /// Those made in a span that is sampled.
    case traceBased
}
