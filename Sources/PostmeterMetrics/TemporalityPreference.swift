public import PostmeterModel

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

    /// What a reader with this preference is given of an instrument; of no meaning for gauges.
    public func temporality(of descriptor: InstrumentDescriptor) -> AggregationTemporality {
        switch (self, descriptor.kind) {
        case (.cumulative, _), (_, .gauge), (_, .upDownCounter): .cumulative
        case (.delta, .counter), (.delta, .histogram): .delta
        case (.lowMemory, .counter), (.lowMemory, .histogram):
            descriptor.isObservable ? .cumulative : .delta
        }
    }
}
