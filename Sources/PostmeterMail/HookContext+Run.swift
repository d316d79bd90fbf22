import PostmeterModel
import PostmeterTracing

/// What the body of a hook is given, and what records when the body is over.
protocol HookHandle: ~Copyable {
    /// The span's context.
    var context: SpanContext { get }

    /// Ends the span and records the figures.
    consuming func end(_ ending: HookEnding, at end: Ticks, seconds: Double)
}

extension HookContext {
    /// Runs `body` within a new handle's span and ends it, however the body ends.
    func run<Handle: HookHandle & ~Copyable, Success, Failure: Error>(
        _ begin: (Ticks) -> Handle, _ body: (inout Handle) async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let start = clock.now()
        var handle = begin(start)
        let result: Result<Success, Failure> = await CurrentSpan.withValue(handle.context) {
            do throws(Failure) {
                return .success(try await body(&handle))
            } catch {
                return .failure(error)
            }
        }
        let end = clock.now()
        handle.end(ending(of: result), at: end, seconds: clock.seconds(from: start, to: end))
        return try result.get()
    }

    private func ending<Success, Failure: Error>(of result: Result<Success, Failure>) -> HookEnding {
        guard case .failure(let failure) = result else { return .returned }
        let error: any Error = failure
        return error is CancellationError ? .cancelled : .threw(errorType: name(of: error))
    }

    /// Starts the span of a hook on a received mail.
    ///
    /// It stands under the message's root, or under the span of the task when that is in the same trace. A
    /// span of the task that is in another trace (of the request that brought the mail) is linked.
    func startSpan(
        _ name: String, kind: SpanKind, of message: MessageContext, at start: Ticks
    ) -> Span {
        let around = CurrentSpan.context
        if let around, around.traceID == message.traceID {
            return tracer.startSpan(name, kind: kind, parent: around, at: start)
        }
        var span = tracer.startSpan(name, kind: kind, parent: message.root, at: start)
        if let around { span.addLink(around) }
        return span
    }

    /// Starts the span of a hook on no mail of its own: under the task's span; outside of any, in a trace of
    /// its own.
    func startSpan(_ name: String, kind: SpanKind, at start: Ticks) -> Span {
        tracer.startSpan(name, kind: kind, parent: CurrentSpan.context, at: start)
    }
}
