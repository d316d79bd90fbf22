/// How a span ended.
///
/// The codes are those of OTLP's `Status.StatusCode`: unset 0, ok 1, error 2.
public enum SpanStatus: Sendable, Hashable {
    /// Nobody said.
    case unset
    /// Declared a success.
    case ok
    /// Failed, with a description for a reader; may be empty.
    case error(String)
}
