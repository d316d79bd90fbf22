/// What crosses a process boundary about a span: its ids, flags and vendors' state.
///
/// Source: W3C Trace Context level 2; OpenTelemetry specification, "SpanContext".
public struct SpanContext: Sendable, Hashable {
    /// The trace that the span is part of.
    public var traceID: TraceID
    /// The span.
    public var spanID: SpanID
    /// Trace flags: bit 0 sampled, bit 1 random trace id.
    public var flags: UInt8
    /// The `tracestate` header, as it came; empty when there is none.
    public var state: String
    /// Whether the context came from another process.
    public var isRemote: Bool

    /// Creates a context.
    public init(
        traceID: TraceID, spanID: SpanID, flags: UInt8 = 1, state: String = "", isRemote: Bool = false
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.state = state
        self.isRemote = isRemote
    }

    /// Whether both ids are valid.
    public var isValid: Bool {
        traceID.isValid && spanID.isValid
    }

    /// Whether the span is recorded.
    public var isSampled: Bool {
        flags & 1 != 0
    }
}
