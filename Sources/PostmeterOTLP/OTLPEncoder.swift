package import PostmeterModel

/// Writes what was recorded as the request bodies of OTLP over HTTP, packed by protobuf-c.
///
/// Source: opentelemetry-proto 1.x, `metrics_service.proto`, `trace_service.proto` and
/// `logs_service.proto`.
package struct OTLPEncoder: Sendable {
    /// The body of the `Resource` message, which every request carries.
    let resource: [UInt8]

    /// Creates an encoder for what `resource` emits.
    package init(resource: Resource) {
        self.resource = EncodedAttributes(resource.attributes, for: .resource).bytes
    }

    /// An `ExportMetricsServiceRequest`, or nil when there is no series to send.
    ///
    /// Families without series are left out; those of one scope stand together, scopes in the order in which
    /// they first appear. Families that are equal in all but their labels are one metric. A distribution that
    /// holds negative values has no sum, as the protocol has it.
    package func metrics(_ snapshot: MetricsSnapshot) -> [UInt8]? {
        var bodies = metricsBodies(snapshot, bodyLimit: .max)
        return bodies.next()?.bytes
    }

    /// The same in requests of at most `bodyLimit` bytes each, before compression.
    ///
    /// See ``MetricsBodies``. When everything goes into one it is that of ``metrics(_:)``.
    package func metricsBodies(_ snapshot: MetricsSnapshot, bodyLimit: Int) -> MetricsBodies {
        MetricsBodies(snapshot, resource: resource, limit: bodyLimit)
    }

    /// An `ExportTraceServiceRequest` of finished spans, or nil when there are none.
    ///
    /// Batches of one scope stand together, scopes in the order in which they first appear.
    package func traces(_ batches: [(scope: InstrumentationScope, spans: EncodedRecords)]) -> [UInt8]? {
        RecordsBody.bytes(of: batches.map { (scope: $0.scope, records: $0.spans) }, resource: resource)
    }

    /// An `ExportLogsServiceRequest` of log records, or nil when there are none.
    ///
    /// Batches of one scope stand together, scopes in the order in which they first appear.
    package func logs(_ batches: [(scope: InstrumentationScope, records: EncodedRecords)]) -> [UInt8]? {
        RecordsBody.bytes(of: batches, resource: resource)
    }
}
