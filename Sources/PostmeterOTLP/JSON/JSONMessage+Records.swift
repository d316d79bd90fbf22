extension JSONMessage {
    /// The fields of a span and of what is in it, and of a log record.
    func recordTable() -> [JSONField] {
        switch self {
        case .span:
            [
                JSONField(1, "traceId", .identifier), JSONField(2, "spanId", .identifier),
                JSONField(3, "traceState", .text), JSONField(4, "parentSpanId", .identifier),
                JSONField(16, "flags", .number), JSONField(5, "name", .text), JSONField(6, "kind", .number),
                JSONField(7, "startTimeUnixNano", .unsigned64), JSONField(8, "endTimeUnixNano", .unsigned64),
                .list(9, "attributes", .message(.keyValue)),
                JSONField(10, "droppedAttributesCount", .number), .list(11, "events", .message(.event)),
                JSONField(12, "droppedEventsCount", .number), .list(13, "links", .message(.link)),
                JSONField(14, "droppedLinksCount", .number), JSONField(15, "status", .message(.status)),
            ]
        case .event:
            [
                JSONField(1, "timeUnixNano", .unsigned64), JSONField(2, "name", .text),
                .list(3, "attributes", .message(.keyValue)), JSONField(4, "droppedAttributesCount", .number),
            ]
        case .link:
            [
                JSONField(1, "traceId", .identifier), JSONField(2, "spanId", .identifier),
                JSONField(3, "traceState", .text), .list(4, "attributes", .message(.keyValue)),
                JSONField(5, "droppedAttributesCount", .number), JSONField(6, "flags", .number),
            ]
        case .status: [JSONField(2, "message", .text), JSONField(3, "code", .number)]
        case .logRecord:
            [
                JSONField(1, "timeUnixNano", .unsigned64), JSONField(11, "observedTimeUnixNano", .unsigned64),
                JSONField(2, "severityNumber", .number), JSONField(3, "severityText", .text),
                JSONField(5, "body", .message(.anyValue)), .list(6, "attributes", .message(.keyValue)),
                JSONField(7, "droppedAttributesCount", .number), JSONField(8, "flags", .number),
                JSONField(9, "traceId", .identifier), JSONField(10, "spanId", .identifier),
                JSONField(12, "eventName", .text),
            ]
        default: []
        }
    }

    /// The fields of resources, scopes and attributes.
    func commonTable() -> [JSONField] {
        switch self {
        case .resource:
            [.list(1, "attributes", .message(.keyValue)), JSONField(2, "droppedAttributesCount", .number)]
        case .scope:
            [
                JSONField(1, "name", .text), JSONField(2, "version", .text),
                .list(3, "attributes", .message(.keyValue)), JSONField(4, "droppedAttributesCount", .number),
            ]
        case .keyValue: [JSONField(1, "key", .text), JSONField(2, "value", .message(.anyValue))]
        case .anyValue:
            [
                JSONField(1, "stringValue", .text), JSONField(2, "boolValue", .flag),
                JSONField(3, "intValue", .signed64), JSONField(4, "doubleValue", .double),
                JSONField(5, "arrayValue", .message(.arrayValue)),
                JSONField(6, "kvlistValue", .message(.keyValueList)), JSONField(7, "bytesValue", .bytes),
            ]
        case .arrayValue: [.list(1, "values", .message(.anyValue))]
        case .keyValueList: [.list(1, "values", .message(.keyValue))]
        default: []
        }
    }
}
