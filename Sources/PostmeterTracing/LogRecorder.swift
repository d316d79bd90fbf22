public import PostmeterModel
import Synchronization

/// Writes log records and keeps them until an exporter takes them.
///
/// Recording takes no lock and allocates nothing, on any thread; a record of more than 2 KiB borrows memory,
/// see ``SpanLimits``. When `capacity` records wait, further ones are left out and counted. A body is cut
/// after 32 KiB, the severity's text and the event's name after 255 bytes.
/// Source: OpenTelemetry specification, "Logs data model".
public final class LogRecorder: Sendable {
    private let pool: RecordPool?
    private let scopes = LogScopes()
    private let truncated = Atomic<UInt64>(0)

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - capacity: The most records that can wait at a time, 1 to 1,048,576; what lies outside is taken for
    ///     the nearer end.
    ///   - limits: How many attributes a record keeps, and how long their texts may be.
    ///   - now: The wall clock; nil reads the system's, by the processor's counter where that is steady.
    ///   - diagnostics: Who is told when the memory cannot be had; then nothing is recorded.
    public init(
        capacity: Int = 4_096,
        limits: SpanLimits = .standard,
        now: (@Sendable () -> UnixTime)? = nil,
        diagnostics: Diagnostics = .silent
    ) {
        pool = RecordPool(capacity: capacity, limits: limits, now: now)
        if pool == nil {
            diagnostics.warn("no memory for \(capacity) log records: none is recorded; give less capacity")
        }
    }

    /// The scope with a name and version, to be kept by whoever records under it; it takes a lock.
    ///
    /// After 256 of them all further ones are one, named `_other`.
    public func scope(_ name: String, version: String = "") -> LogScope {
        LogScope(index: scopes.number(of: InstrumentationScope(name: name, version: version)))
    }

    /// Records what happened.
    ///
    /// - Parameters:
    ///   - scope: Who says so.
    ///   - severity: How grave it is.
    ///   - severityText: The same in the words of the logging library; may be empty.
    ///   - body: What is said.
    ///   - context: The span that it happened in.
    ///   - time: When it happened; nil is now.
    ///   - eventName: What kind of event it is; empty for a log line.
    ///   - attributes: Is called to write the attributes, when there is room for the record.
    public func record(
        scope: LogScope,
        severity: LogSeverity,
        severityText: String = "",
        body: String,
        context: SpanContext? = nil,
        time: UnixTime? = nil,
        eventName: String = "",
        attributes: (inout LogAttributes) -> Void
    ) {
        guard let slot = pool?.region.take() else { return }
        let head = RecordSlot.LogHead(scope: scope.index, severity: severity, context: context, time: time)
        if !slot.begin(head, severityText: severityText, body: body, eventName: eventName) {
            truncated.add(1, ordering: .relaxed)
        }
        var writer = LogAttributes(slot)
        attributes(&writer)
        slot.closeLog()
    }

    /// Records what happened; see ``record(scope:severity:severityText:body:context:time:eventName:attributes:)-swift.method``.
    public func record(
        scope: LogScope,
        severity: LogSeverity,
        severityText: String = "",
        body: String,
        context: SpanContext? = nil,
        time: UnixTime? = nil,
        eventName: String = "",
        attributes: [Attribute] = []
    ) {
        record(
            scope: scope, severity: severity, severityText: severityText, body: body, context: context,
            time: time, eventName: eventName
        ) { writer in
            for attribute in attributes { writer.set(attribute) }
        }
    }

    /// Records what happened, under a scope by its name, which is looked up without a lock once it is known.
    public func record(
        scope: String,
        severity: LogSeverity,
        severityText: String = "",
        body: String,
        context: SpanContext? = nil,
        time: UnixTime? = nil,
        eventName: String = "",
        attributes: (inout LogAttributes) -> Void
    ) {
        record(
            scope: LogScope(index: scopes.number(of: scope)), severity: severity, severityText: severityText,
            body: body, context: context, time: time, eventName: eventName, attributes: attributes)
    }

    /// Records what happened, under a scope by its name, which is looked up without a lock once it is known.
    public func record(
        scope: String,
        severity: LogSeverity,
        severityText: String = "",
        body: String,
        context: SpanContext? = nil,
        time: UnixTime? = nil,
        eventName: String = "",
        attributes: [Attribute] = []
    ) {
        record(
            scope: LogScope(index: scopes.number(of: scope)), severity: severity, severityText: severityText,
            body: body, context: context, time: time, eventName: eventName, attributes: attributes)
    }

    /// Takes up to `limit` records as OTLP `LogRecord` bodies, by scope, in the order in which scopes occur.
    ///
    /// Within a scope the records of a thread are in their order. One thread drains at a time; a second waits.
    package func drain(limit: Int = .max) -> [(scope: InstrumentationScope, records: EncodedRecords)] {
        var groups: [(number: UInt16, records: EncodedRecords)] = []
        var places: [UInt16: Int] = [:]
        _ = pool?.drain(limit: limit) { slot, clock in
            slot.setTimes(by: clock, ordered: false)
            let number = slot.header.pointee.scope
            let place = places[number] ?? groups.count
            if place == groups.count {
                places[number] = place
                groups.append((number, EncodedRecords()))
            }
            groups[place].records.append(body: slot.bytes)
        }
        let known = scopes.all
        return groups.map { group in
            let number = Int(group.number)
            return (number < known.count ? known[number] : LogScopes.other, group.records)
        }
    }

    /// Sets what is called, on the thread that records, when half of the capacity waits to be drained: at
    /// times again while that is so.
    ///
    /// It must return soon and not record.
    package func onPressure(_ wake: @escaping @Sendable () -> Void) {
        pool?.onPressure(wake)
    }

    /// What became of the records so far.
    package var statistics: LogStatistics {
        let all = pool?.statistics ?? .none
        return LogStatistics(
            recorded: all.ended, dropped: all.dropped, truncated: truncated.load(ordering: .relaxed),
            waiting: all.waiting, capacity: all.capacity)
    }
}
