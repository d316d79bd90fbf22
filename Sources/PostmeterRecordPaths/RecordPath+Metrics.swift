internal import PostmeterMetrics
internal import PostmeterModel
internal import PostmeterTracing

extension RecordPath {
    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

    /// Values in all buckets, always the same ones.
    private static let values = (0..<operations).map { Double(($0 * 7_919) % 12_000 + 1) / 1_000 }

    /// The one series of a new instrument.
    private static func series<I: Instrument>(
        _ descriptor: InstrumentDescriptor, _ exemplars: ExemplarFilter = .alwaysOff
    ) -> I {
        let registry = MetricsRegistry(exemplars: exemplars, currentSpan: { CurrentSpan.context })
        let family: Family<I> = registry.family(descriptor)
        return family.bind()
    }

    private static func histogram(
        exponential: ExponentialLimits? = nil, _ exemplars: ExemplarFilter = .alwaysOff
    ) -> Histogram {
        series(
            InstrumentDescriptor(
                name: "duration", kind: .histogram, unit: "s", bounds: exponential == nil ? bounds : [],
                exponential: exponential), exemplars)
    }

    static var counters: [RecordPath] {
        let counter: Counter = series(InstrumentDescriptor(name: "count", kind: .counter))
        let upDown: UpDownCounter = series(InstrumentDescriptor(name: "open", kind: .upDownCounter))
        let double: DoubleCounter = series(
            InstrumentDescriptor(name: "cost", kind: .counter, number: .floating))
        return [
            RecordPath("counterAdd") { Loops.counterAdd(counter, $0) },
            RecordPath("upDownCounterAdd") { Loops.upDownCounterAdd(upDown, $0) },
            RecordPath("doubleCounterAdd") { Loops.doubleCounterAdd(double, $0) },
        ]
    }

    static var gauges: [RecordPath] {
        let gauge: Gauge = series(InstrumentDescriptor(name: "depth", kind: .gauge, number: .floating))
        return [RecordPath("gaugeSet") { Loops.gaugeSet(gauge, $0) }]
    }

    static var histograms: [RecordPath] {
        let explicit = histogram()
        let exponential = histogram(exponential: ExponentialLimits())
        return [
            RecordPath("histogramRecord") { _ in
                values.withUnsafeBufferPointer { Loops.histogramRecord(explicit, $0) }
            },
            RecordPath("exponentialRecord") { _ in
                values.withUnsafeBufferPointer { Loops.exponentialRecord(exponential, $0) }
            },
        ]
    }

    static var lookUps: [RecordPath] {
        let registry = MetricsRegistry()
        let family: Family<Counter> = registry.family(
            InstrumentDescriptor(
                name: "events", kind: .counter, labels: ["email.agent", "email.domain", "email.event"]))
        // A native, a native and a small string, as the mail figures have.
        let number = operations + 34
        let values = ("support-agent-\(number)", "support\(number).customers.example.com", "delivered")
        return [RecordPath("lookUpAdd") { Loops.lookUpAdd(family, values.0, values.1, values.2, $0) }]
    }

    /// The same with exemplars: without a span, and in a sampled one.
    static var exemplars: [RecordPath] {
        let counter: Counter = series(InstrumentDescriptor(name: "count", kind: .counter), .traceBased)
        let explicit = histogram(.traceBased)
        let span = SpanContext(
            traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), flags: 1)
        return [
            RecordPath("counterAddTraceBased") { Loops.counterAddTraceBased(counter, $0) },
            RecordPath("histogramRecordTraceBased") { _ in
                values.withUnsafeBufferPointer { Loops.histogramRecordTraceBased(explicit, $0) }
            },
            RecordPath("histogramRecordInSpan", within: { CurrentSpan.withValue(span, operation: $0) }) { _ in
                values.withUnsafeBufferPointer { Loops.histogramRecordInSpan(explicit, $0) }
            },
        ]
    }
}
