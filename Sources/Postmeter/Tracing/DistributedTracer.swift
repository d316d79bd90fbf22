public import Instrumentation
import PostmeterModel
package import PostmeterTracing
public import Tracing

/// swift-distributed-tracing over a tracer: `InstrumentationSystem.bootstrap(postmeter.distributedTracer)`.
///
/// Its spans and those of the mail hooks nest under one another: both keep the current span in the task's
/// `ServiceContext`. Requests carry the context by ``PostmeterConfiguration/propagators``. It may be used on any
/// thread.
public final class DistributedTracer: Tracing.Tracer {
    /// What the spans are recorded under.
    public static let scope = InstrumentationScope(name: "swift-distributed-tracing")

    /// Where the spans go.
    package let tracer: PostmeterTracing.Tracer
    private let propagators: Set<Propagator>
    private let recordsErrorMessages: Bool
    private let flush: @Sendable () -> Void

    /// Creates a tracer.
    ///
    /// - Parameters:
    ///   - tracer: Where the spans go.
    ///   - propagators: What is read from requests and written to them.
    ///   - recordsErrorMessages: Whether the texts of errors are kept, which may name a person or an address.
    ///   - flush: Has ended spans exported soon.
    init(
        _ tracer: PostmeterTracing.Tracer, propagators: [Propagator], recordsErrorMessages: Bool,
        flush: @escaping @Sendable () -> Void
    ) {
        self.tracer = tracer
        self.propagators = Set(propagators)
        self.recordsErrorMessages = recordsErrorMessages
        self.flush = flush
    }

    /// Starts a span under the one that `context` carries, which must be ended.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: Tracing.SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> DistributedSpan {
        var context = context()
        let span = tracer.startSpan(
            operationName, kind: Self.kind(kind), parent: context.spanContext,
            at: UnixTime(nanoseconds: instant().nanosecondsSinceEpoch))
        context.spanContext = span.context
        return DistributedSpan(
            span, name: operationName, in: context, recordsErrorMessages: recordsErrorMessages)
    }

    /// Has spans that have ended exported soon, and does not wait for it.
    public func forceFlush() {
        flush()
    }

    /// Writes the context into what a request carries.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        if propagators.contains(.traceContext), let span = context.spanContext, span.isValid {
            injector.inject(TraceContext.traceparent(of: span), forKey: "traceparent", into: &carrier)
            if !span.state.isEmpty { injector.inject(span.state, forKey: "tracestate", into: &carrier) }
        }
        if propagators.contains(.baggage) {
            let header = context.baggage.header
            if !header.isEmpty { injector.inject(header, forKey: "baggage", into: &carrier) }
        }
    }

    /// Reads the context out of what a request carries; what is absent or malformed changes nothing.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if propagators.contains(.traceContext),
            let remote = TraceContext.parse(
                traceparent: extractor.extract(key: "traceparent", from: carrier),
                tracestate: extractor.extract(key: "tracestate", from: carrier))
        {
            context.spanContext = remote
        }
        if propagators.contains(.baggage), let header = extractor.extract(key: "baggage", from: carrier) {
            let baggage = Baggage.parse(header)
            if !baggage.isEmpty { context.baggage = baggage }
        }
    }

    private static func kind(_ kind: Tracing.SpanKind) -> PostmeterModel.SpanKind {
        switch kind {
        case .server: .server
        case .client: .client
        case .producer: .producer
        case .consumer: .consumer
        case .internal: .internal
        }
    }
}
