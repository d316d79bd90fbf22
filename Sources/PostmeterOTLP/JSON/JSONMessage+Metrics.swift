extension JSONMessage {
    /// The fields of a metric and of what it may be.
    func metricTable() -> [JSONField] {
        let temporality = JSONField(2, "aggregationTemporality", .number)
        return switch self {
        case .metric:
            [
                JSONField(1, "name", .text), JSONField(2, "description", .text), JSONField(3, "unit", .text),
                JSONField(5, "gauge", .message(.gauge)), JSONField(7, "sum", .message(.sum)),
                JSONField(9, "histogram", .message(.histogram)),
                JSONField(10, "exponentialHistogram", .message(.exponentialHistogram)),
                .list(12, "metadata", .message(.keyValue)),
            ]
        case .gauge: [.list(1, "dataPoints", .message(.numberPoint))]
        case .sum:
            [
                .list(1, "dataPoints", .message(.numberPoint)), temporality,
                JSONField(3, "isMonotonic", .flag),
            ]
        case .histogram: [.list(1, "dataPoints", .message(.histogramPoint)), temporality]
        case .exponentialHistogram: [.list(1, "dataPoints", .message(.exponentialPoint)), temporality]
        default: []
        }
    }

    /// The fields of a data point and of what is in it.
    func pointTable() -> [JSONField] {
        let times = [
            JSONField(2, "startTimeUnixNano", .unsigned64), JSONField(3, "timeUnixNano", .unsigned64),
        ]
        return switch self {
        case .numberPoint:
            [.list(7, "attributes", .message(.keyValue))] + times + [
                JSONField(4, "asDouble", .double), JSONField(6, "asInt", .signed64),
                .list(5, "exemplars", .message(.exemplar)), JSONField(8, "flags", .number),
            ]
        case .histogramPoint:
            [.list(9, "attributes", .message(.keyValue))] + times + [
                JSONField(4, "count", .unsigned64), JSONField(5, "sum", .double),
                .list(6, "bucketCounts", .unsigned64), .list(7, "explicitBounds", .double),
                .list(8, "exemplars", .message(.exemplar)), JSONField(10, "flags", .number),
                JSONField(11, "min", .double), JSONField(12, "max", .double),
            ]
        case .exponentialPoint:
            [.list(1, "attributes", .message(.keyValue))] + times + [
                JSONField(4, "count", .unsigned64), JSONField(5, "sum", .double),
                JSONField(6, "scale", .signedZigzag32), JSONField(7, "zeroCount", .unsigned64),
                JSONField(8, "positive", .message(.buckets)), JSONField(9, "negative", .message(.buckets)),
                JSONField(10, "flags", .number), .list(11, "exemplars", .message(.exemplar)),
                JSONField(12, "min", .double), JSONField(13, "max", .double),
                JSONField(14, "zeroThreshold", .double),
            ]
        case .buckets: [JSONField(1, "offset", .signedZigzag32), .list(2, "bucketCounts", .variable64)]
        case .exemplar:
            [
                .list(7, "filteredAttributes", .message(.keyValue)),
                JSONField(2, "timeUnixNano", .unsigned64), JSONField(3, "asDouble", .double),
                JSONField(6, "asInt", .signed64), JSONField(4, "spanId", .identifier),
                JSONField(5, "traceId", .identifier),
            ]
        default: []
        }
    }
}
