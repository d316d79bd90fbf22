import PostmeterModel

/// The ids and flags that a span is started with.
struct SpanIdentity {
    let traceID: TraceID
    let spanID: SpanID
    /// W3C trace flags.
    let flags: UInt8
    /// What is known of the parent, as bits 8 and 9 of OTLP's `Span.flags`.
    let parentFlags: UInt16

    /// The parent is known to be of this process, or there is none.
    static let parentIsLocal: UInt16 = 0x100
    /// The parent is known to be of another process.
    static let parentIsRemote: UInt16 = 0x300
    /// Nobody said where the parent is.
    static let parentIsUnknown: UInt16 = 0

    /// OTLP's `Span.flags`.
    @inline(__always)
    var bodyFlags: UInt16 {
        UInt16(flags) | parentFlags
    }
}
