internal import PostmeterModel
internal import PostmeterTracing

/// A log record with three attributes.
struct LogBenchmark: Benchmark {
    var trials: [Trial] {
        [Trial(name: "logs/record") { try [record($0)] }]
    }

    private func record(_ harness: Harness) throws -> Row {
        let recorder = LogRecorder()
        let scope = recorder.scope("bench")
        var drained = 0
        let samples = harness.measure(
            operations: 1_000,
            prepare: { drained = recorder.drain().reduce(0) { $0 + $1.records.count } },
            { Self.record(recorder, scope, $0) })
        guard recorder.statistics.dropped == 0, drained == 1_000 else {
            throw BenchmarkError("log records were dropped: \(recorder.statistics)")
        }
        return Row("logs/record", "log record of a text and 3 attributes", samples)
    }

    @inline(never)
    private static func record(_ recorder: LogRecorder, _ scope: LogScope, _ count: Int) {
        for number in 0..<count {
            recorder.record(
                scope: scope, severity: .info, severityText: "info", body: "a mail was delivered to its agent"
            ) { attributes in
                attributes.set("email.agent", "support-agent-1034")
                attributes.set("email.event", "delivered")
                attributes.set("email.size", number)
            }
        }
    }
}
