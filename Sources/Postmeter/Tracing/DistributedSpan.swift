public import Instrumentation
import PostmeterModel
import PostmeterTracing
import Synchronization
public import Tracing

/// A span of swift-distributed-tracing.
///
/// It may be shared; calls from several threads wait for one another. Attributes are kept as they are set and
/// written down at the end, so that what was overwritten or taken back is not exported. After the end, or where
/// the trace is not recorded, nothing is kept.
public final class DistributedSpan: Tracing.Span {
    private struct State: ~Copyable {
        /// Nil once it has ended.
        var span: PostmeterTracing.Span?
        var name: String
        var attributes = SpanAttributes()
    }

    /// The context of whatever the span causes.
    public let context: ServiceContext

    /// Whether it was recorded at its start.
    private let isRecorded: Bool
    private let recordsErrorMessages: Bool
    private let state: Mutex<State>

    init(
        _ span: consuming PostmeterTracing.Span, name: String, in context: ServiceContext,
        recordsErrorMessages: Bool
    ) {
        self.context = context
        self.recordsErrorMessages = recordsErrorMessages
        isRecorded = span.isRecording
        state = Mutex(State(span: span, name: name))
    }

    deinit {
        finish(at: nil)
    }

    /// Whether what is set is kept.
    public var isRecording: Bool {
        isRecorded && state.withLock { !Self.hasEnded($0) }
    }

    /// The name of the span.
    public var operationName: String {
        get { state.withLock { $0.name } }
        set {
            update { span in span.setName(newValue) }
            state.withLock { if !Self.hasEnded($0) { $0.name = newValue } }
        }
    }

    /// The attributes set so far; none where the span is not recorded.
    public var attributes: SpanAttributes {
        get { isRecorded ? state.withLock { $0.attributes } : [:] }
        set {
            guard isRecorded else { return }
            state.withLock { if !Self.hasEnded($0) { $0.attributes = newValue } }
        }
    }

    /// Says how the work went; after `ok` nothing else does.
    public func setStatus(_ status: Tracing.SpanStatus) {
        update { span in
            switch status.code {
            case .ok: span.setStatus(.ok)
            case .error: span.setStatus(.error(status.message ?? ""))
            }
        }
    }

    /// Adds an event.
    public func addEvent(_ event: SpanEvent) {
        update { span in
            span.addEvent(
                event.name, at: UnixTime(nanoseconds: event.nanosecondsSinceEpoch),
                Self.list(event.attributes)
            )
        }
    }

    /// Adds the event `exception` with the type of the error, and its text where that is wanted.
    ///
    /// Attributes that are given go before those that are made here.
    /// Source: OpenTelemetry semantic conventions, "Exceptions on spans".
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        update { span in
            var all: SpanAttributes = ["exception.type": .string(String(reflecting: type(of: error)))]
            if recordsErrorMessages { all.set("exception.message", value: .string("\(error)")) }
            all.merge(attributes)
            span.addEvent(
                "exception", at: UnixTime(nanoseconds: instant().nanosecondsSinceEpoch), Self.list(all))
        }
    }

    /// Adds a link to another span; one whose context carries no span is left out.
    public func addLink(_ link: SpanLink) {
        guard let other = link.context.spanContext else { return }
        update { span in span.addLink(other, Self.list(link.attributes)) }
    }

    /// Ends the span; a second end does nothing.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        finish(at: isRecorded ? UnixTime(nanoseconds: instant().nanosecondsSinceEpoch) : nil)
    }

    private func finish(at time: UnixTime?) {
        state.withLock { state in
            guard var span = state.span.take() else { return }
            if isRecorded {
                for attribute in Self.list(state.attributes) { span.set(attribute) }
            }
            span.end(at: time)
        }
    }

    private func update(_ body: (inout PostmeterTracing.Span) -> Void) {
        guard isRecorded else { return }
        state.withLock { state in
            if var span = state.span.take() {
                body(&span)
                state.span = consume span
            }
        }
    }

    private static func hasEnded(_ state: borrowing State) -> Bool {
        switch state.span {
        case .some: false
        case .none: true
        }
    }

    /// In the order of their keys, so that a limit takes the same ones every time.
    private static func list(_ attributes: SpanAttributes) -> [Attribute] {
        guard !attributes.isEmpty else { return [] }
        var list: [Attribute] = []
        list.reserveCapacity(attributes.count)
        attributes.forEach { key, value in
            if let value = AttributeValue(value) { list.append(Attribute(key, value)) }
        }
        return list.sorted { $0.key < $1.key }
    }
}
