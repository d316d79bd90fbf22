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
        var request = MetricsRequest(time: snapshot.time)
        return withExtendedLifetime(snapshot) {
            request.encode(snapshot.families, resource: resource)
        }
    }

    /// An `ExportTraceServiceRequest` of finished spans, or nil when there are none.
    ///
    /// Batches of one scope stand together, scopes in the order in which they first appear.
    package func traces(_ batches: [(scope: InstrumentationScope, spans: EncodedRecords)]) -> [UInt8]? {
        records(batches.map { (scope: $0.scope, records: $0.spans) })
    }

    /// An `ExportLogsServiceRequest` of log records, or nil when there are none.
    ///
    /// Batches of one scope stand together, scopes in the order in which they first appear.
    package func logs(_ batches: [(scope: InstrumentationScope, records: EncodedRecords)]) -> [UInt8]? {
        records(batches)
    }

    private func records(_ batches: [RecordsRequest.Batch]) -> [UInt8]? {
        let batches = batches.filter { !$0.records.isEmpty }
        guard !batches.isEmpty else { return nil }
        var request = RecordsRequest()
        return request.encode(batches, resource: resource)
    }
}

extension InstrumentationScope {
    /// The body of the `InstrumentationScope` message.
    var encoded: [UInt8] {
        var writer = ProtobufWriter()
        if !name.isEmpty { writer.string(name, tag: 0x0a) }
        if !version.isEmpty { writer.string(version, tag: 0x12) }
        return writer.bytes
    }
}
