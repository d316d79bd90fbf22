import CPrimitives
public import PostmeterModel

/// Makes spans and keeps those that have ended until an exporter takes them.
///
/// Starting and ending a span takes no lock and allocates nothing, on any thread. A tracer holds memory for
/// `capacity` spans, live or waiting; when all of it is in use a span is not recorded, and counted.
/// Memory is touched only as far as it was ever needed, 2 KiB a span; see ``SpanLimits`` for larger ones.
public final class Tracer: Sendable {
    // First, so that all that starting a span reads is on one line of the cache.
    private let rule: SamplingRule
    private let pool: RecordPool?

    /// What the spans are recorded under.
    public let scope: InstrumentationScope
    /// The clock of the spans: ``Ticks`` given to this tracer are readings of it.
    public let clock: TickClock

    /// Creates a tracer.
    ///
    /// - Parameters:
    ///   - scope: Who records.
    ///   - sampler: Which traces are recorded.
    ///   - capacity: The most spans that can be live or waiting at a time, 1 to 1,048,576; what lies outside
    ///     is taken for the nearer end.
    ///   - limits: The most that a span keeps of each kind.
    ///   - now: The wall clock; nil reads the system's, by the processor's counter where that is steady.
    ///   - diagnostics: Who is told when the memory cannot be had; then nothing is recorded.
    public init(
        scope: InstrumentationScope,
        sampler: Sampler = .parentBased(root: .alwaysOn),
        capacity: Int = 8_192,
        limits: SpanLimits = .standard,
        now: (@Sendable () -> UnixTime)? = nil,
        diagnostics: Diagnostics = .silent
    ) {
        self.scope = scope
        rule = SamplingRule(sampler)
        pool = RecordPool(capacity: capacity, limits: limits, now: now)
        clock = TickClock(pool?.clock ?? now.map { RecordClosure($0) })
        if pool == nil {
            diagnostics.warn(
                "no memory for \(capacity) spans: the tracer '\(scope.name)' records nothing; give it less capacity"
            )
        }
    }

    /// Starts a span with new random ids, in the trace of its parent when it has one.
    ///
    /// - Parameters:
    ///   - name: What is done, with few values: `process reply`; cut after 255 bytes.
    ///   - kind: The role of the span.
    ///   - parent: The span that this one is part of; nil, or an invalid context, begins a trace.
    ///   - start: When the work began; nil is now.
    /// - Returns: A span that must end: by `end(at:)`, or when it goes out of scope.
    public func startSpan(
        _ name: String,
        kind: SpanKind = .internal,
        parent: SpanContext? = nil,
        at start: UnixTime? = nil
    ) -> Span {
        startSpan(name, kind, parent, RecordMoment(start))
    }

    /// Starts a span with new random ids at a reading of the tracer's ``clock``.
    public func startSpan(
        _ name: String,
        kind: SpanKind = .internal,
        parent: SpanContext? = nil,
        at start: Ticks
    ) -> Span {
        startSpan(name, kind, parent, RecordMoment(start))
    }

    /// Starts a span whose ids were derived from what it is about, so that whoever derives them again means
    /// the same span.
    ///
    /// - Parameters:
    ///   - name: What is done; cut after 255 bytes.
    ///   - kind: The role of the span.
    ///   - context: The ids; its flags decide whether the span is recorded. See ``samples(_:)``.
    ///   - parent: The parent in the same trace; nil for none.
    ///   - start: When the work began.
    public func startSpan(
        _ name: String,
        kind: SpanKind,
        context: SpanContext,
        parent: SpanID?,
        at start: UnixTime
    ) -> Span {
        startSpan(name, kind, context, parent, RecordMoment(start))
    }

    /// Starts a span whose ids were derived from what it is about, at a reading of the tracer's ``clock``.
    public func startSpan(
        _ name: String,
        kind: SpanKind,
        context: SpanContext,
        parent: SpanID?,
        at start: Ticks
    ) -> Span {
        startSpan(name, kind, context, parent, RecordMoment(start))
    }

    /// Whether the sampler records a trace that begins here: what the flags of derived ids are made from.
    public func samples(_ traceID: TraceID) -> Bool {
        rule.samples(traceID)
    }

    /// Appends up to `limit` ended spans as OTLP `Span` bodies and returns how many.
    ///
    /// One thread drains at a time; a second one waits.
    package func drain(into records: inout EncodedRecords, limit: Int = .max) -> Int {
        pool?.drain(limit: limit) { slot, clock in
            slot.setTimes(by: clock, ordered: true)
            records.append(body: slot.bytes)
        } ?? 0
    }

    /// Sets what is called, on the thread that ends a span, when half of the capacity waits to be drained: at
    /// times again while that is so.
    ///
    /// It must return soon and not record a span.
    package func onPressure(_ wake: @escaping @Sendable () -> Void) {
        pool?.onPressure(wake)
    }

    /// What became of the sampled spans so far.
    package var statistics: TracerStatistics {
        pool?.statistics ?? .none
    }

    @inline(__always)
    private func startSpan(
        _ name: String,
        _ kind: SpanKind,
        _ parent: SpanContext?,
        _ start: @autoclosure () -> RecordMoment
    ) -> Span {
        if let parent, parent.isValid {
            return startChild(name, kind, of: parent, at: start())
        }
        // A root: all of its trace id is random, which flag bit 1 says (W3C Trace Context level 2, 3.2.2.5).
        let ids = pm_random_ids()
        let traceID = TraceID(high: ids.trace_high, low: Self.valid(ids.trace_low))
        let isSampled = rule.samples(traceID)
        let identity = SpanIdentity(
            traceID: traceID,
            spanID: SpanID(Self.valid(ids.span)),
            flags: isSampled ? 3 : 2,
            parentFlags: SpanIdentity.parentIsLocal
        )
        guard isSampled else { return Span(identity, slot: nil, state: nil) }
        return Span(identity, slot: open(name, kind, identity, state: "", parent: 0, at: start()), state: nil)
    }

    @inline(__always)
    private func startSpan(
        _ name: String,
        _ kind: SpanKind,
        _ context: SpanContext,
        _ parent: SpanID?,
        _ start: @autoclosure () -> RecordMoment
    ) -> Span {
        let identity = SpanIdentity(
            traceID: context.traceID,
            spanID: context.spanID,
            flags: context.flags,
            parentFlags: parent == nil ? SpanIdentity.parentIsLocal : SpanIdentity.parentIsUnknown
        )
        let state = SpanState.retained(context.state)
        guard context.isSampled, context.isValid else { return Span(identity, slot: nil, state: state) }
        let slot = open(name, kind, identity, state: context.state, parent: parent?.value ?? 0, at: start())
        return Span(identity, slot: slot, state: state)
    }

    private func startChild(
        _ name: String,
        _ kind: SpanKind,
        of parent: SpanContext,
        at start: @autoclosure () -> RecordMoment
    ) -> Span {
        let isSampled = rule.followsParent ? parent.isSampled : rule.samples(parent.traceID)
        let identity = SpanIdentity(
            traceID: parent.traceID,
            spanID: SpanID(Self.valid(pm_random_word())),
            flags: parent.flags & 2 | (isSampled ? 1 : 0),
            parentFlags: parent.isRemote ? SpanIdentity.parentIsRemote : SpanIdentity.parentIsLocal
        )
        let state = SpanState.retained(parent.state)
        guard isSampled else { return Span(identity, slot: nil, state: state) }
        let slot = open(name, kind, identity, state: parent.state, parent: parent.spanID.value, at: start())
        return Span(identity, slot: slot, state: state)
    }

    /// Takes a slot and begins a body in it; nil when there is none.
    @inline(never)
    private func open(
        _ name: String,
        _ kind: SpanKind,
        _ identity: SpanIdentity,
        state: String,
        parent: UInt64,
        at start: RecordMoment
    ) -> RecordSlot? {
        guard let region = pool?.region, let slot = region.take() else { return nil }
        if slot.header.pointee.marks.contains(.readsWords), let name = TextView(name) {
            slot.begin(identity, state: state, parent: parent, kind: kind, name: name)
        } else {
            var text = name
            text.withUTF8 { bytes in
                let name = TextView(UnsafeRawBufferPointer(bytes))
                slot.begin(identity, state: state, parent: parent, kind: kind, name: name)
            }
        }
        slot.setStart(start)
        return slot
    }

    /// Zero is no id.
    @inline(__always)
    private static func valid(_ word: UInt64) -> UInt64 {
        word != 0 ? word : 1
    }
}
