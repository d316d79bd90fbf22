import Glibc
import PostmeterModel
import Synchronization

@testable import PostmeterMetrics

/// A warning hearer that keeps what it heard.
final class Heard: Sendable {
    private let list = Mutex<[String]>([])

    var sentences: [String] { list.withLock { $0 } }

    var diagnostics: Diagnostics {
        Diagnostics { sentence in self.list.withLock { $0.append(sentence) } }
    }
}

/// Runs a body on threads of their own, all at once, and returns when they have ended.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { index in OneThread { body(index) } }
    for thread in threads { thread.join() }
}

/// A thread that really begins and ends, unlike those that a pool lends.
final class OneThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            },
            work
        )
        if result != 0 { Unmanaged<Work>.fromOpaque(work).release() }
    }

    func join() {
        pthread_join(thread, nil)
    }
}

extension MetricsRegistry {
    /// A registry at a fixed instant.
    static func fixed(_ diagnostics: Diagnostics = .silent, space: CellSpace = .process) -> MetricsRegistry {
        MetricsRegistry(now: { UnixTime(seconds: 1_700_000_000) }, diagnostics: diagnostics, space: space)
    }

    /// The one exported family of a name.
    func family(named name: String) -> FamilySnapshot? {
        snapshot().families.first { $0.descriptor.name == name }
    }

    /// The integer values of a family by the label values of their series; the overflow series by `["_overflow"]`.
    func integers(_ name: String) -> [[String]: Int64] {
        family(named: name)?.integers ?? [:]
    }

    /// The floating values of a family by the label values of their series.
    func doubles(_ name: String) -> [[String]: Double] {
        guard let family = family(named: name), case .doubles(let values) = family.values else { return [:] }
        return Dictionary(zip(family.labelValues, values), uniquingKeysWith: { _, _ in .nan })
    }

    /// The buckets and sums of a family, series by series.
    func histograms(_ name: String) -> [(counts: [UInt64], sum: Double)] {
        guard let family = family(named: name), case .histograms(let counts, let sums) = family.values else {
            return []
        }
        let width = family.descriptor.bounds.count + 1
        return sums.indices.map { (Array(counts[($0 * width)..<(($0 + 1) * width)]), sums[$0]) }
    }
}

/// A wall clock that stands still until it is set.
final class TestClock: Sendable {
    private let nanoseconds: Atomic<UInt64>

    init(seconds: UInt64) {
        nanoseconds = Atomic(seconds * 1_000_000_000)
    }

    func set(seconds: UInt64) {
        nanoseconds.store(seconds * 1_000_000_000, ordering: .releasing)
    }

    func registry(_ diagnostics: Diagnostics = .silent) -> MetricsRegistry {
        MetricsRegistry(
            now: { UnixTime(nanoseconds: self.nanoseconds.load(ordering: .acquiring)) },
            diagnostics: diagnostics)
    }
}

extension FamilySnapshot {
    /// The integer values by the label values of their series; two series of one identity give a wrong sum.
    var integers: [[String]: Int64] {
        guard case .integers(let values) = values else { return [:] }
        return Dictionary(zip(labelValues, values), uniquingKeysWith: { $0 + $1 * 1_000_000 })
    }

    /// The label values of each series, read back from its identity; those that it lacks are empty.
    var labelValues: [[String]] {
        identities.map { identity in
            let attributes = AttributeReader.attributes(in: identity.bytes)
            if attributes.first?.key == "otel.metric.overflow" { return ["_overflow"] }
            return descriptor.labels.map { label in
                switch attributes.first(where: { $0.key == label })?.value {
                case .string(let text): text
                case .int(let number): String(number)
                default: ""
                }
            }
        }
    }
}

/// A generator of random numbers that a seed determines.
///
/// Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
