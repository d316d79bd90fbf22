/// Which instruments a reader wants differences of, and which sums.
///
/// Source: OpenTelemetry specification, "OTLP exporter", `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`.
public enum TemporalityPreference: Sendable, Hashable {
    /// Sums since the beginning, for all.
    case cumulative
    /// Differences for counters and histograms; sums for up-down counters.
    case delta
    /// Differences for counters and histograms that code records into; sums for observable ones and up-down
    /// counters.
    case lowMemory
}
