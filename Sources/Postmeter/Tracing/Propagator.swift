/// What crosses process boundaries beside a request.
///
/// The raw values are the names in `OTEL_PROPAGATORS`.
public enum Propagator: String, Sendable, Hashable, CaseIterable {
    /// The headers `traceparent` and `tracestate` of W3C Trace Context.
    case traceContext = "tracecontext"
    /// The header of W3C Baggage.
    case baggage
}
