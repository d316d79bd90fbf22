public import PostmeterModel

/// The ids of a message's own trace, the same in every process that has the trace key.
public struct MessageContext: Sendable, Hashable {
    /// The trace that everything about the message is in.
    public let traceID: TraceID
    /// The span `message {direction}`, the root of that trace.
    public let rootID: SpanID
    /// The span `deliver`.
    public let deliverID: SpanID
    /// Trace flags: sampled, as the sampler decides by the trace id, and random, which derived ids are.
    public let flags: UInt8

    /// The context of the root span, for use as a parent or in a link.
    public var root: SpanContext {
        context(of: rootID)
    }

    /// The context of a span of this trace.
    package func context(of spanID: SpanID) -> SpanContext {
        SpanContext(traceID: traceID, spanID: spanID, flags: flags)
    }
}
