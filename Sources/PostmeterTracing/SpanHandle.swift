public import PostmeterModel
import Synchronization

/// A span that may be shared: between tasks, or kept in an object.
///
/// Calls from several threads wait for one another. After the end nothing more is recorded, and a second
/// end does nothing. Unlike ``Span`` it is an object: use it only where a span cannot have one owner.
public final class SpanHandle: Sendable {
    /// What is handed on to whatever the span causes.
    public let context: SpanContext
    private let span: Mutex<Span?>

    /// Takes a span over.
    public init(_ span: consuming Span) {
        context = span.context
        self.span = Mutex(span)
    }

    /// Whether what is set is kept.
    public var isRecording: Bool {
        span.withLock { span in
            switch span {
            case .some(let span): span.isRecording
            case .none: false
            }
        }
    }

    /// Calls `body` with the span, unless it has ended.
    public func update(_ body: (inout Span) -> Void) {
        span.withLock { span in
            if var taken = span.take() {
                body(&taken)
                span = consume taken
            }
        }
    }

    /// Ends the span.
    public func end(at time: UnixTime? = nil) {
        span.withLock { span in
            if let taken = span.take() {
                taken.end(at: time)
            }
        }
    }

    /// Ends the span at a reading of its tracer's clock.
    public func end(at time: Ticks) {
        span.withLock { span in
            if let taken = span.take() {
                taken.end(at: time)
            }
        }
    }
}
