/// The role of a span in its trace.
///
/// The raw values are those of OTLP's `Span.SpanKind`.
public enum SpanKind: UInt8, Sendable, Hashable {
    /// Work inside a process.
    case `internal` = 1
    /// A request that is served.
    case server = 2
    /// A request that is made.
    case client = 3
    /// A message that is handed on.
    case producer = 4
    /// A message that is taken.
    case consumer = 5
}
