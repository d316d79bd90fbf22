import CPrimitives
import PostmeterModel

/// Decides, on the recording thread, whether a measurement becomes an exemplar, and says when and where it was made.
final class ExemplarSource: Sendable {
    private let filter: ExemplarFilter
    private let currentSpan: @Sendable () -> SpanContext?
    private let now: @Sendable () -> UnixTime

    /// Nil when no measurement can become an exemplar.
    init?(
        _ filter: ExemplarFilter, currentSpan: (@Sendable () -> SpanContext?)?,
        now: @escaping @Sendable () -> UnixTime
    ) {
        guard filter == .alwaysOn || (filter == .traceBased && currentSpan != nil) else { return nil }
        self.filter = filter
        self.currentSpan = currentSpan ?? { nil }
        self.now = now
    }

    /// The needs of a series that keeps so many exemplars.
    ///
    /// Each call keeps this object for as long as the process runs, because handles call it even when their
    /// registry is gone.
    func special(slots: Int) -> pm_special {
        pm_special(
            size: 0, scale: 0,
            sampler: { context, sample in
                guard let context, let sample else { return false }
                // It is never released, so the reference need not be counted.
                return Unmanaged<ExemplarSource>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    $0.fill(&sample.pointee)
                }
            },
            context: UnsafeRawPointer(Unmanaged.passRetained(self).toOpaque()),
            slots: UInt32(slots)
        )
    }

    private func fill(_ sample: inout pm_sample) -> Bool {
        let span = currentSpan()
        if let span, span.isValid, filter == .alwaysOn || span.isSampled {
            sample.trace_high = span.traceID.high
            sample.trace_low = span.traceID.low
            sample.span = span.spanID.value
        } else if filter != .alwaysOn {
            return false
        }
        sample.time = now().nanoseconds
        return true
    }
}
