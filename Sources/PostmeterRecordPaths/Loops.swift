internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing

/// The record paths, each in a function of its own that the tools find by its name.
///
/// A count of instructions has the loop's own in it, two or three an operation.
enum Loops {
    @inline(never)
    static func counterAdd(_ counter: Counter, _ count: Int) {
        for _ in 0..<count { counter.add() }
    }

    @inline(never)
    static func upDownCounterAdd(_ counter: UpDownCounter, _ count: Int) {
        for _ in 0..<count { counter.add(-1) }
    }

    @inline(never)
    static func doubleCounterAdd(_ counter: DoubleCounter, _ count: Int) {
        for number in 0..<count { counter.add(Double(number)) }
    }

    @inline(never)
    static func gaugeSet(_ gauge: Gauge, _ count: Int) {
        for number in 0..<count { gauge.set(Double(number)) }
    }

    @inline(never)
    static func histogramRecord(_ histogram: Histogram, _ values: UnsafeBufferPointer<Double>) {
        for value in values { histogram.record(value) }
    }

    @inline(never)
    static func exponentialRecord(_ histogram: Histogram, _ values: UnsafeBufferPointer<Double>) {
        for value in values { histogram.record(value) }
    }

    @inline(never)
    static func lookUpAdd(_ family: Family<Counter>, _ a: String, _ b: String, _ c: String, _ count: Int) {
        for _ in 0..<count { family(a, b, c).add() }
    }

    @inline(never)
    static func counterAddTraceBased(_ counter: Counter, _ count: Int) {
        for _ in 0..<count { counter.add() }
    }

    @inline(never)
    static func histogramRecordTraceBased(_ histogram: Histogram, _ values: UnsafeBufferPointer<Double>) {
        for value in values { histogram.record(value) }
    }

    @inline(never)
    static func histogramRecordInSpan(_ histogram: Histogram, _ values: UnsafeBufferPointer<Double>) {
        for value in values { histogram.record(value) }
    }

    @inline(never)
    static func spanSampled(_ tracer: Tracer, _ count: Int) {
        for number in 0..<count {
            var span = tracer.startSpan("POST /hooks/{endpoint}", kind: .server)
            span.set("http.request.method", "POST")
            span.set("http.route", "/hooks/{endpoint}")
            span.set("url.scheme", "http")
            span.set("http.response.status_code", 200 + number & 1)
            span.end()
        }
    }

    @inline(never)
    static func spanNotSampled(_ tracer: Tracer, _ count: Int) {
        for number in 0..<count {
            var span = tracer.startSpan("POST /hooks/{endpoint}", kind: .server)
            span.set("http.request.method", "POST")
            span.set("http.route", "/hooks/{endpoint}")
            span.set("url.scheme", "http")
            span.set("http.response.status_code", 200 + number & 1)
            span.end()
        }
    }

    @inline(never)
    static func logRecord(_ recorder: LogRecorder, _ scope: LogScope, _ count: Int) {
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
