public import Instrumentation
public import PostmeterModel

/// The span that the present task works in: what new spans nest under, and what log records and exemplars name.
///
/// It is kept in the task's `ServiceContext`, so that the hooks and the spans of swift-distributed-tracing see
/// each other.
public enum CurrentSpan {
    /// The innermost span of this task; nil outside of any.
    public static var context: SpanContext? {
        ServiceContext.current?.spanContext
    }

    /// Calls `operation` with `context` as the current span; what else the task's context holds stays.
    public static func withValue<Result>(
        _ context: SpanContext?,
        operation: () throws -> Result
    ) rethrows -> Result {
        try ServiceContext.withValue(replaced(context), operation: operation)
    }

    /// Calls `operation` with `context` as the current span; what else the task's context holds stays.
    public static func withValue<Result>(
        _ context: SpanContext?,
        isolation: isolated (any Actor)? = #isolation,
        operation: () async throws -> Result
    ) async rethrows -> Result {
        try await ServiceContext.withValue(replaced(context), isolation: isolation, operation: operation)
    }

    private static func replaced(_ context: SpanContext?) -> ServiceContext {
        var all = ServiceContext.current ?? .topLevel
        all.spanContext = context
        return all
    }
}

extension ServiceContext {
    private enum SpanKey: ServiceContextKey {
        typealias Value = SpanContext
        static var nameOverride: String? { "postmeter.span" }
    }

    private enum BaggageKey: ServiceContextKey {
        typealias Value = Baggage
        static var nameOverride: String? { "postmeter.baggage" }
    }

    /// The span that this context is within; nil for none.
    public var spanContext: SpanContext? {
        get { self[SpanKey.self] }
        set { self[SpanKey.self] = newValue }
    }

    /// What is handed on to whatever the work causes; empty when nobody set any.
    public var baggage: Baggage {
        get { self[BaggageKey.self] ?? Baggage() }
        set { self[BaggageKey.self] = newValue.isEmpty ? nil : newValue }
    }
}
