public import PostmeterModel

/// Decides which traces are recorded.
///
/// A decision rests on the trace id alone, so that every process that knows a trace decides the same.
/// Source: OpenTelemetry specification, "Tracing SDK", section "Sampler".
public enum Sampler: Sendable, Hashable {
    /// Records every span.
    case alwaysOn
    /// Records none.
    case alwaysOff
    /// Records this share of the traces, 0 to 1; what lies outside is taken for the nearer end.
    case traceIDRatio(Double)
    /// Follows the parent where there is one, and `root` where there is none.
    indirect case parentBased(root: Sampler)

    /// Whether a span without a parent is recorded in this trace.
    ///
    /// The lower 56 bits of the id are its randomness, as W3C Trace Context level 2 has it; the trace is
    /// recorded when they are not below the threshold of rejection.
    public func samples(_ traceID: TraceID) -> Bool {
        SamplingRule(self).samples(traceID)
    }
}
