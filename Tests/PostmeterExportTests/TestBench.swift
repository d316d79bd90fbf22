import PostmeterMetrics
import PostmeterModel
import PostmeterOTLP
import PostmeterTracing
import PostmeterTransport
import Synchronization

@testable import PostmeterExport

/// A registry, a tracer and a log recorder with their export, all of one test.
struct TestBench {
    let registry = MetricsRegistry(now: { UnixTime(seconds: 1_700_000_000) })
    let tracer: Tracer
    let logs: LogRecorder
    let health: ExportHealth
    let encoder = OTLPEncoder(resource: Resource([Attribute("service.name", "test")]))
    let clock = ManualClock()
    let warnings = Warnings()

    init(capacity: Int = 8_192) {
        tracer = Tracer(
            scope: InstrumentationScope(name: "test"),
            capacity: capacity,
            now: { UnixTime(seconds: 1_700_000_000) }
        )
        logs = LogRecorder(capacity: capacity)
        health = ExportHealth(registry: registry, tracers: [tracer], logs: [logs], version: "1.2.3")
    }

    func target(_ compression: OTLPTarget.Compression = .none) throws -> OTLPTarget {
        try OTLPTarget(.base("http://collector:4318"), headers: ["x-key": "k"], compression: compression)
    }

    func metricsPusher(
        _ transport: FakeTransport,
        _ temporality: TemporalityPreference = .cumulative,
        of registry: MetricsRegistry? = nil,
        includesDurable: @escaping @Sendable () -> Bool = { true }
    ) throws -> MetricsPusher {
        MetricsPusher(
            registry: registry ?? self.registry,
            temporality: temporality,
            encoder: encoder,
            target: try target(.gzip),
            transport: transport,
            health: health,
            interval: .seconds(10),
            clock: clock.clock,
            includesDurable: includesDurable,
            diagnostics: warnings.diagnostics
        )
    }

    func spanPusher(
        _ transport: FakeTransport,
        _ configure: (inout RecordPusher.Configuration) -> Void = { _ in }
    ) throws -> RecordPusher {
        var configuration = RecordPusher.Configuration()
        configure(&configuration)
        return RecordPusher(
            tracers: [tracer],
            encoder: encoder,
            target: try target(),
            transport: transport,
            health: health,
            configuration: configuration,
            clock: clock.clock,
            diagnostics: warnings.diagnostics
        )
    }

    func logPusher(
        _ transport: FakeTransport,
        _ configure: (inout RecordPusher.Configuration) -> Void = { _ in }
    ) throws -> RecordPusher {
        var configuration = RecordPusher.Configuration()
        configure(&configuration)
        return RecordPusher(
            logs: [logs],
            encoder: encoder,
            target: try target(.gzip),
            transport: transport,
            health: health,
            configuration: configuration,
            clock: clock.clock,
            diagnostics: warnings.diagnostics
        )
    }

    func endSpans(_ count: Int) {
        for _ in 0..<count { tracer.startSpan("work").end() }
    }

    func log(_ count: Int, scope: String = "mail") {
        for number in 0..<count {
            logs.record(scope: scope, severity: .info, body: "record \(number)")
        }
    }

    /// The value of a series of an integer counter or gauge; nil when it is not in a snapshot.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let snapshot = registry.snapshot()
        for family in snapshot.families where family.descriptor.name == name {
            for (index, identity) in family.identities.enumerated() {
                let attributes = AttributeReader.attributes(in: identity.bytes)
                let found = Dictionary(uniqueKeysWithValues: attributes.map { ($0.key, $0.value) })
                guard found == labels.mapValues(AttributeValue.string) else { continue }
                switch family.values {
                case .integers(let values): return Double(values[index])
                case .doubles(let values): return values[index]
                case .histograms(let counts, _):
                    let width = family.descriptor.bounds.count + 1
                    return Double(counts[(index * width)..<((index + 1) * width)].reduce(0, +))
                case .exponentials(let points): return Double(points[index].count)
                }
            }
        }
        return nil
    }
}

/// What was reported.
final class Warnings: Sendable {
    private let list = Mutex<[String]>([])

    var all: [String] { list.withLock { $0 } }

    var diagnostics: Diagnostics {
        Diagnostics { message in self.list.withLock { $0.append(message) } }
    }
}
