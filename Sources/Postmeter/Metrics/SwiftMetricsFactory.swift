public import CoreMetrics
public import PostmeterMetrics
public import PostmeterModel

/// swift-metrics over a registry: `MetricsSystem.bootstrap(postmeter.metricsFactory)`.
///
/// Counters, floating-point counters, meters, recorders and timers are instruments of the scope `swift-metrics`;
/// dimensions are attributes. A recorder that aggregates and a timer are histograms, a timer in seconds; a recorder
/// that does not and a meter are gauges. Names that OpenTelemetry does not allow are changed into such that it
/// does. Increments below zero are refused and counted. A reset or a destroyed counter ends its series: the next
/// one begins at 0 with a start time of its own.
///
/// Asking for the same label and dimensions gives the same handler, by one look into a table; recording through it
/// takes no lock. It may be used on any thread.
public final class SwiftMetricsFactory: MetricsFactory {
    /// What the instruments are recorded under.
    public static let scope = InstrumentationScope(name: "swift-metrics")
    /// Upper bounds of timers' buckets, in seconds, as OpenTelemetry has them for requests.
    public static let defaultTimerBounds = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]
    /// Upper bounds of recorders' buckets, as OpenTelemetry has them for values of any kind.
    public static let defaultRecorderBounds: [Double] = [
        0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
    ]

    private let counters: DimensionedInstruments<PostmeterMetrics.Counter, CounterSeries>
    private let floatingCounters: DimensionedInstruments<DoubleCounter, FloatingCounterSeries>
    private let gauges: DimensionedInstruments<PostmeterMetrics.Gauge, GaugeSeries>
    private let recorders: DimensionedInstruments<Histogram, RecorderSeries>
    private let timers: DimensionedInstruments<Histogram, TimerSeries>

    /// Creates a factory.
    ///
    /// - Parameters:
    ///   - registry: Where the instruments are made.
    ///   - timerBounds: Upper bounds of timers' buckets, in seconds.
    ///   - recorderBounds: Upper bounds of the buckets of recorders that aggregate.
    ///   - diagnostics: Who is told, once each, when there are too many sets of dimensions or instruments.
    public init(
        registry: MetricsRegistry, timerBounds: [Double] = SwiftMetricsFactory.defaultTimerBounds,
        recorderBounds: [Double] = SwiftMetricsFactory.defaultRecorderBounds,
        diagnostics: Diagnostics = .silent
    ) {
        @Sendable func descriptor(
            _ name: String, _ kind: InstrumentKind, _ labels: [String], unit: String = "",
            bounds: [Double] = [], number: InstrumentDescriptor.Number = .floating
        ) -> InstrumentDescriptor {
            InstrumentDescriptor(
                name: name, kind: kind, number: number, unit: unit, labels: labels, bounds: bounds,
                scope: Self.scope)
        }
        counters = DimensionedInstruments(registry: registry, diagnostics: diagnostics) {
            descriptor($0, .counter, $1, number: .integer)
        }
        floatingCounters = DimensionedInstruments(registry: registry, diagnostics: diagnostics) {
            descriptor($0, .counter, $1)
        }
        gauges = DimensionedInstruments(registry: registry, diagnostics: diagnostics) {
            descriptor($0, .gauge, $1)
        }
        recorders = DimensionedInstruments(registry: registry, diagnostics: diagnostics) {
            descriptor($0, .histogram, $1, bounds: recorderBounds)
        }
        timers = DimensionedInstruments(registry: registry, diagnostics: diagnostics) {
            descriptor($0, .histogram, $1, unit: "s", bounds: timerBounds)
        }
    }

    /// The handler of a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counters.handler(label, dimensions)
    }

    /// The handler of a floating-point counter.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        floatingCounters.handler(label, dimensions)
    }

    /// The handler of a meter.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauges.handler(label, dimensions)
    }

    /// The handler of a recorder.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { recorders.handler(label, dimensions) } else { gauges.handler(label, dimensions) }
    }

    /// The handler of a timer.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        timers.handler(label, dimensions)
    }

    /// Takes the series of a counter away.
    public func destroyCounter(_ handler: any CounterHandler) {
        if let handler = handler as? CounterSeries { counters.remove(handler) }
    }

    /// Takes the series of a floating-point counter away.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let handler = handler as? FloatingCounterSeries { floatingCounters.remove(handler) }
    }

    /// Takes the series of a meter away.
    public func destroyMeter(_ handler: any MeterHandler) {
        if let handler = handler as? GaugeSeries { gauges.remove(handler) }
    }

    /// Takes the series of a recorder away.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        switch handler {
        case let handler as RecorderSeries: recorders.remove(handler)
        case let handler as GaugeSeries: gauges.remove(handler)
        default: break
        }
    }

    /// Takes the series of a timer away.
    public func destroyTimer(_ handler: any TimerHandler) {
        if let handler = handler as? TimerSeries { timers.remove(handler) }
    }
}
