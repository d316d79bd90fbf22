/// The messages of OTLP, with the names that their fields have in JSON.
///
/// Source: opentelemetry-proto, `opentelemetry/proto/{collector,metrics,trace,logs,resource,common}`.
enum JSONMessage: Int, CaseIterable {
    case metricsRequest, tracesRequest, logsRequest
    case resourceMetrics, scopeMetrics, metric, gauge, sum, histogram, exponentialHistogram
    case numberPoint, histogramPoint, exponentialPoint, buckets, exemplar
    case resourceSpans, scopeSpans, span, event, link, status
    case resourceLogs, scopeLogs, logRecord
    case resource, scope, keyValue, anyValue, arrayValue, keyValueList

    /// The fields, in the order in which they are written.
    var fields: [JSONField] {
        Self.tables[rawValue]
    }

    private static let tables: [[JSONField]] = allCases.map { $0.table() }

    private func table() -> [JSONField] {
        switch self {
        case .metricsRequest: [.list(1, "resourceMetrics", .message(.resourceMetrics))]
        case .tracesRequest: [.list(1, "resourceSpans", .message(.resourceSpans))]
        case .logsRequest: [.list(1, "resourceLogs", .message(.resourceLogs))]
        case .resourceMetrics: Self.envelope("scopeMetrics", .scopeMetrics, of: .resource, "resource")
        case .resourceSpans: Self.envelope("scopeSpans", .scopeSpans, of: .resource, "resource")
        case .resourceLogs: Self.envelope("scopeLogs", .scopeLogs, of: .resource, "resource")
        case .scopeMetrics: Self.envelope("metrics", .metric, of: .scope, "scope")
        case .scopeSpans: Self.envelope("spans", .span, of: .scope, "scope")
        case .scopeLogs: Self.envelope("logRecords", .logRecord, of: .scope, "scope")
        case .metric, .gauge, .sum, .histogram, .exponentialHistogram: metricTable()
        case .numberPoint, .histogramPoint, .exponentialPoint, .buckets, .exemplar: pointTable()
        case .span, .event, .link, .status, .logRecord: recordTable()
        case .resource, .scope, .keyValue, .anyValue, .arrayValue, .keyValueList: commonTable()
        }
    }

    private static func envelope(
        _ items: String, _ item: JSONMessage, of owner: JSONMessage, _ name: String
    ) -> [JSONField] {
        [
            JSONField(1, name, .message(owner)), .list(2, items, .message(item)),
            JSONField(3, "schemaUrl", .text),
        ]
    }
}
