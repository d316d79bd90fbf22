public import PostmeterModel

/// Work under way: it is written down while it goes and handed on when it ends.
///
/// A span has one owner and ends once: by `end(at:)`, or when the owner lets go of it. One that is not
/// recorded costs next to nothing and still has ids to hand on. To share a span between tasks or keep it in
/// an object, put it into a ``SpanHandle``.
///
/// What does not fit or goes beyond the tracer's ``SpanLimits`` is left out and counted in the span's own
/// `dropped_*_count`. Source: OpenTelemetry specification, "Tracing API", section "Span".
@frozen
public struct Span: ~Copyable, @unchecked Sendable {
    // Safe because a slot belongs to its one span, and every change to it needs that span mutable.
    /// The ``RecordHeader`` of the slot; nil when the span is not recorded.
    @usableFromInline let slot: UnsafeMutableRawPointer?
    /// A retained ``SpanState``; nil, as for most spans, when the trace has no vendors' state.
    @usableFromInline let state: UnsafeMutableRawPointer?
    private let traceID: TraceID
    private let spanID: SpanID
    private let flags: UInt8

    @inline(__always)
    init(_ identity: SpanIdentity, slot: RecordSlot?, state: UnsafeMutableRawPointer?) {
        self.slot = slot.map { UnsafeMutableRawPointer($0.header) }
        self.state = state
        traceID = identity.traceID
        spanID = identity.spanID
        flags = identity.flags
    }

    @inlinable
    deinit {
        if slot != nil || state != nil { Self.finish(slot, state, at: nil as UnixTime?) }
    }

    /// What is handed on to whatever this span causes: children, messages, links.
    public var context: SpanContext {
        SpanContext(
            traceID: traceID,
            spanID: spanID,
            flags: flags,
            state: state.map { Unmanaged<SpanState>.fromOpaque($0).takeUnretainedValue().text } ?? ""
        )
    }

    /// Whether what is set is kept: false when the trace is not sampled or there was no room for the span.
    @inlinable
    public var isRecording: Bool {
        slot != nil
    }

    /// Ends the span.
    ///
    /// - Parameter end: When the work was over; nil is now. A time before the start is taken for the start.
    @inlinable
    public consuming func end(at end: UnixTime? = nil) {
        if slot != nil || state != nil { Self.finish(slot, state, at: end) }
        discard self
    }

    /// Ends the span at a reading of the tracer's clock.
    @inlinable
    public consuming func end(at end: Ticks) {
        if slot != nil || state != nil { Self.finish(slot, state, at: end) }
        discard self
    }

    /// Puts another name in the place of the one that the span was started with; cut after 255 bytes.
    public mutating func setName(_ name: String) {
        if let slot { RecordSlot(at: slot).setName(name) }
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    ///
    /// An empty key is left out and counted.
    @inlinable
    public mutating func set(_ key: String, _ value: String) {
        if let slot { Self.set(slot, key, value) }
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    @inlinable
    public mutating func set(_ key: String, _ value: Int) {
        if let slot { Self.set(slot, key, Int64(value)) }
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    @inlinable
    public mutating func set(_ key: String, _ value: Double) {
        if let slot { Self.set(slot, key, value) }
    }

    /// Sets an attribute; an earlier value of the key is replaced.
    @inlinable
    public mutating func set(_ key: String, _ value: Bool) {
        if let slot { Self.set(slot, key, value) }
    }

    /// Sets an attribute of any type; an earlier value of the key is replaced.
    public mutating func set(_ attribute: Attribute) {
        guard let slot else { return }
        RecordSlot(at: slot).set(attribute, as: .span)
    }

    /// Adds an event.
    ///
    /// - Parameters:
    ///   - name: What happened.
    ///   - time: When; nil is now.
    ///   - attributes: More about it; what is beyond the limit is counted.
    public mutating func addEvent(_ name: String, at time: UnixTime? = nil, _ attributes: [Attribute] = []) {
        guard let slot else { return }
        let target = RecordSlot(at: slot)
        target.addEvent(name, at: time?.nanoseconds ?? target.now(), attributes)
    }

    /// Adds an event at a reading of the tracer's clock.
    public mutating func addEvent(_ name: String, at time: Ticks, _ attributes: [Attribute] = []) {
        guard let slot else { return }
        let target = RecordSlot(at: slot)
        target.addEvent(name, at: target.unix(time), attributes)
    }

    /// Adds a link to a span of this or another trace; one to an invalid context is left out and counted.
    ///
    /// - Parameters:
    ///   - context: The other span.
    ///   - attributes: Why it is linked; what is beyond the limit is counted.
    public mutating func addLink(_ context: SpanContext, _ attributes: [Attribute] = []) {
        if let slot { RecordSlot(at: slot).addLink(context, attributes) }
    }

    /// Says how the work went.
    ///
    /// `unset` changes nothing, and after `ok` nothing else does.
    public mutating func setStatus(_ status: SpanStatus) {
        if let slot { RecordSlot(at: slot).setStatus(status) }
    }

    /// Marks the span as failed with `error.type`, the name of the error's type.
    ///
    /// The error's text is not kept: it may name a person or an address.
    public mutating func recordError(_ error: any Error) {
        guard let slot else { return }
        let target = RecordSlot(at: slot)
        target.set("error.type", String(describing: type(of: error)), as: .span)
        target.setStatus(.error(""))
    }

    // The doors below are not inlined: their parameters keep the strings alive for the call, so that nothing
    // is retained for it.

    @usableFromInline @inline(never)
    static func set(_ slot: UnsafeMutableRawPointer, _ key: String, _ value: String) {
        RecordSlot(at: slot).set(key, value, as: .span)
    }

    @usableFromInline @inline(never)
    static func set(_ slot: UnsafeMutableRawPointer, _ key: String, _ value: Int64) {
        RecordSlot(at: slot).set(key, value, as: .span)
    }

    @usableFromInline @inline(never)
    static func set(_ slot: UnsafeMutableRawPointer, _ key: String, _ value: Double) {
        RecordSlot(at: slot).set(key, value, as: .span)
    }

    @usableFromInline @inline(never)
    static func set(_ slot: UnsafeMutableRawPointer, _ key: String, _ value: Bool) {
        RecordSlot(at: slot).set(key, value, as: .span)
    }

    @usableFromInline @inline(never)
    static func finish(_ slot: UnsafeMutableRawPointer?, _ state: UnsafeMutableRawPointer?, at end: UnixTime?)
    {
        if let state { Unmanaged<SpanState>.fromOpaque(state).release() }
        if let slot { RecordSlot(at: slot).close(at: RecordMoment(end)) }
    }

    @usableFromInline @inline(never)
    static func finish(_ slot: UnsafeMutableRawPointer?, _ state: UnsafeMutableRawPointer?, at end: Ticks) {
        if let state { Unmanaged<SpanState>.fromOpaque(state).release() }
        if let slot { RecordSlot(at: slot).close(at: RecordMoment(end)) }
    }
}
