import PostmeterMetrics
public import PostmeterModel
import PostmeterTracing

/// A call of a tool under way: what the body of ``AgentHooks/withTool(_:type:callID:_:)`` works with.
public struct ToolCall: ~Copyable, Sendable {
    private let agent: AgentHooks
    private let name: String
    private let type: ToolType
    private var span: Span

    init(_ agent: AgentHooks, name: String, type: ToolType, _ span: consuming Span) {
        self.agent = agent
        self.name = name
        self.type = type
        self.span = span
    }

    /// The context of the span `execute_tool {tool}`.
    public var context: SpanContext {
        span.context
    }

    /// Sets an attribute of the span.
    ///
    /// Put no argument, result or address there.
    public mutating func set(_ key: String, _ value: AttributeValue) {
        span.set(Attribute(key, value))
    }
}

extension ToolCall: HookHandle {
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double) {
        if let errorType = ending.errorType {
            agent.shared.instruments.toolDuration(name, type.rawValue, errorType).record(seconds)
        }
        span.set(ending)
        span.end(at: end)
    }
}
