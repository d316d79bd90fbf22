import PostmeterModel
import PostmeterTracing

/// Where a pusher takes finished records from: a tracer or a log recorder.
struct RecordSource: Sendable {
    /// Records of one scope, each as the bytes of its OTLP message.
    typealias Batch = (scope: InstrumentationScope, records: EncodedRecords)

    /// Appends up to `limit` waiting records, so far untaken, and returns how many; 0 when none wait.
    let drain: @Sendable (_ limit: Int, _ batches: inout [Batch]) -> Int
    /// Sets what is called when the source is filling up.
    let onPressure: @Sendable (_ wake: @escaping @Sendable () -> Void) -> Void
}

extension RecordSource {
    /// The spans of a tracer that have ended.
    init(_ tracer: Tracer) {
        drain = { limit, batches in
            if batches.last?.scope != tracer.scope { batches.append((tracer.scope, EncodedRecords())) }
            return tracer.drain(into: &batches[batches.count - 1].records, limit: limit)
        }
        onPressure = tracer.onPressure
    }

    /// The records of a log recorder.
    init(_ recorder: LogRecorder) {
        drain = { limit, batches in
            let drained = recorder.drain(limit: limit)
            batches += drained
            return drained.reduce(0) { $0 + $1.records.count }
        }
        onPressure = recorder.onPressure
    }
}
