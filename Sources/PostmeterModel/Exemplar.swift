/// One measurement out of those that a point stands for, with the span that it was made in.
///
/// Source: OpenTelemetry specification, "Metrics SDK", section "Exemplar".
package struct Exemplar: Sendable, Hashable {
    /// The place of its series in the family's snapshot.
    package var series: Int
    /// The bucket of an explicit histogram that holds it; 0 for other kinds.
    package var bucket: Int
    /// What was measured.
    package var value: Double
    /// When.
    package var time: UnixTime
    /// The trace that it was made in; invalid when it was made outside of any.
    package var traceID: TraceID
    /// The span that it was made in; invalid when it was made outside of any.
    package var spanID: SpanID

    package init(series: Int, bucket: Int, value: Double, time: UnixTime, traceID: TraceID, spanID: SpanID) {
        self.series = series
        self.bucket = bucket
        self.value = value
        self.time = time
        self.traceID = traceID
        self.spanID = spanID
    }
}
