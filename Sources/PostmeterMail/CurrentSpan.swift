public import PostmeterModel

/// The span that the present task works in, which the hooks nest under.
///
/// ``AgentHooks/withReception(of:_:)`` and its siblings set it for their bodies. A service that has spans of
/// its own around them can set it as well: `CurrentSpan.$context.withValue(span.context) { ... }`.
public enum CurrentSpan {
    /// The innermost span of this task; nil outside of any.
    @TaskLocal public static var context: SpanContext?
}
