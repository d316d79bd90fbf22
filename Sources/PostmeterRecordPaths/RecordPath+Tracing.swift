internal import PostmeterModel
internal import PostmeterTracing

extension RecordPath {
    private static let scope = InstrumentationScope(name: "paths")

    static var spans: [RecordPath] {
        let sampled = Tracer(scope: scope, sampler: .alwaysOn)
        let dropped = Tracer(scope: scope, sampler: .alwaysOff)
        return [
            RecordPath("spanSampled", prepare: { drain(sampled) }) { Loops.spanSampled(sampled, $0) },
            RecordPath("spanNotSampled") { Loops.spanNotSampled(dropped, $0) },
        ]
    }

    static var logs: [RecordPath] {
        let recorder = LogRecorder()
        let scope = recorder.scope("paths")
        return [
            RecordPath("logRecord", prepare: { _ = recorder.drain() }) {
                Loops.logRecord(recorder, scope, $0)
            }
        ]
    }

    private static func drain(_ tracer: Tracer) {
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
    }
}
