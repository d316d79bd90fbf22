import PostmeterMail
import PostmeterMetrics
import PostmeterModel
import PostmeterTracing
import Synchronization

/// Hooks over a registry and a tracer of their own, with a clock that stands until it is moved.
final class MailFixture: Sendable {
    static let key = [UInt8](0..<32)
    static let triage = MailIdentity(
        organization: "acme", account: "support", domain: "support.acme.example", agent: "triage")

    let registry: MetricsRegistry
    let tracer: Tracer
    let hooks: MailHooks
    private let recorder: LogRecorder
    private let clock: Clock
    private let heard: Words

    /// Nanoseconds of the wall clock.
    private final class Clock: Sendable {
        let nanoseconds = Atomic<UInt64>(1_000_000_000_000)
    }

    private final class Words: Sendable {
        let list = Mutex<[String]>([])
    }

    init(
        privacy: AddressPrivacy = .hmac, agentLimit: Int = 100,
        sampler: Sampler = .parentBased(root: .alwaysOn),
        key: [UInt8] = MailFixture.key, events: EventLogging = .off
    ) {
        let clock = Clock()
        let heard = Words()
        let now: @Sendable () -> UnixTime = {
            UnixTime(nanoseconds: clock.nanoseconds.load(ordering: .relaxed))
        }
        registry = MetricsRegistry(now: now)
        tracer = Tracer(scope: MailConventions.scope, sampler: sampler, capacity: 256, now: now)
        recorder = LogRecorder(capacity: 64, now: now)
        hooks = MailHooks(
            registry: registry, tracer: tracer, traceKey: key, privacy: privacy, agentLimit: agentLimit,
            logs: recorder, events: events,
            diagnostics: Diagnostics { word in heard.list.withLock { $0.append(word) } })
        self.clock = clock
        self.heard = heard
    }

    /// The hooks of the agent `triage` at Resend.
    var triage: AgentHooks {
        hooks.agent(Self.triage, provider: .resend)
    }

    /// What was warned of.
    var warnings: [String] {
        heard.list.withLock { $0 }
    }

    /// Moves the clock on.
    func advance(_ seconds: Double) {
        clock.nanoseconds.wrappingAdd(UInt64(seconds * 1e9), ordering: .relaxed)
    }

    /// The spans that have ended, in that order.
    func spans() -> [RecordedSpan] {
        var records = EncodedRecords()
        _ = tracer.drain(into: &records)
        return (0..<records.count).map { RecordedSpan(body: Array(records.bytes[records.range(of: $0)])) }
    }

    /// The log records, in the order they were made.
    func logs() -> [RecordedLog] {
        recorder.drain().flatMap { scope, records in
            (0..<records.count).map { index in
                RecordedLog(scope: scope, body: Array(records.bytes[records.range(of: index)]))
            }
        }
    }

    /// The series of a family that are not 0, as `value value ... = number`, sorted.
    ///
    /// A histogram's number is `count/sum`; an empty value, which is an absent attribute, is left out.
    func figures(_ name: String) -> [String] {
        series(name).filter { !$0.hasSuffix("= 0") }
    }

    /// All series of a family.
    func series(_ name: String) -> [String] {
        for family in registry.snapshot().families where family.descriptor.name == name {
            return family.identities.indices.map { index in
                let labels = AttributeReader.attributes(in: family.identities[index].bytes).map { attribute in
                    switch attribute.value {
                    case .string(let text): text
                    case .int(let number): String(number)
                    default: attribute.key
                    }
                }
                return labels.filter { !$0.isEmpty }.joined(separator: " ") + " = "
                    + Self.number(family, index)
            }.sorted()
        }
        return []
    }

    private static func number(_ family: FamilySnapshot, _ index: Int) -> String {
        switch family.values {
        case .integers(let values): return String(values[index])
        case .doubles(let values): return String(values[index])
        case .histograms(let counts, let sums):
            let width = family.descriptor.bounds.count + 1
            let count = counts[(index * width)..<((index + 1) * width)].reduce(0, +)
            return count == 0 ? "0" : "\(count)/\(sums[index])"
        case .exponentials(let points):
            return points[index].count == 0 ? "0" : "\(points[index].count)/\(points[index].sum)"
        }
    }
}

extension UnixTime {
    /// An instant this many seconds after the epoch.
    static func at(_ seconds: Double) -> UnixTime {
        UnixTime(nanoseconds: UInt64(seconds * 1e9))
    }
}
