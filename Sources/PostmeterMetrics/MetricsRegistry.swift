public import CPrimitives
public import PostmeterModel
import Synchronization

/// All instruments of a service or a test: makes their families, and reads all their values at once.
///
/// A registry may be used on any thread. It is meant to live as long as its process: handles stay usable after
/// it is gone, and the cells they write to are not taken back.
public final class MetricsRegistry: Sendable {
    /// The most families; further ones record and are not exported.
    static let familyLimit = 10_000

    struct State {
        /// The families that are kept, in the order in which they were made.
        var families: [FamilyStorage] = []
        /// The families by what they were asked for with.
        var byDescriptor: [InstrumentDescriptor: FamilyStorage] = [:]
        /// The name under which a scope first made an instrument, by the name in small letters.
        var names: [Name: FirstUse] = [:]
        var hasReportedFull = false
        var durableStartTime: UnixTime?
        var collectors: [@Sendable () -> Void] = []
    }

    /// What identifies an instrument within its scope; letter case does not.
    struct Name: Hashable {
        let scope: InstrumentationScope
        let lowercased: String
    }

    struct FirstUse {
        let name: String
        var hasReportedConflict = false
    }

    let state = Locked(State())
    let space: CellSpace
    let counters: RegistryCounters
    let diagnostics: Diagnostics
    /// What asks for exemplars; nil when none are kept.
    let exemplars: ExemplarSource?
    private let now: @Sendable () -> UnixTime
    private let startTime: UnixTime
    private let torn = Atomic<UInt64>(0)

    /// Creates a registry without instruments.
    ///
    /// `now` is the wall clock: it dates snapshots and the start of all sums. `diagnostics` hears, at most once
    /// each, of conflicting instruments, unusable names and reached limits. `exemplars` says which measurements
    /// are kept as examples, with the span that `currentSpan` finds them in; it is asked on the recording thread,
    /// and both closures are then kept for as long as the process runs.
    public convenience init(
        now: @escaping @Sendable () -> UnixTime = { UnixTime(nanoseconds: pm_clock_realtime()) },
        diagnostics: Diagnostics = .silent,
        exemplars: ExemplarFilter = .alwaysOff,
        currentSpan: (@Sendable () -> SpanContext?)? = nil
    ) {
        self.init(
            now: now, diagnostics: diagnostics, space: .process, exemplars: exemplars,
            currentSpan: currentSpan)
    }

    init(
        now: @escaping @Sendable () -> UnixTime, diagnostics: Diagnostics, space: CellSpace,
        exemplars: ExemplarFilter = .alwaysOff, currentSpan: (@Sendable () -> SpanContext?)? = nil
    ) {
        self.exemplars = ExemplarSource(exemplars, currentSpan: currentSpan, now: now)
        self.now = now
        self.diagnostics = diagnostics
        self.space = space
        counters = RegistryCounters(space: space)
        startTime = now()
    }

    /// Adds code that runs before each snapshot, to set gauges; it may run on several threads at once.
    ///
    /// It must return soon and must not ask for a snapshot.
    public func onCollect(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.collectors.append(body) }
    }

    /// Reads all exported families; without the durable ones while those are not yet restored.
    package func snapshot(includingDurable: Bool = true) -> MetricsSnapshot {
        for collect in state.withLock({ $0.collectors }) {
            collect()
        }
        let (families, durableStartTime) = state.withLock { ($0.families, $0.durableStartTime) }
        let time = max(now(), startTime)
        var reader = CellReader()
        var list: [FamilySnapshot] = []
        list.reserveCapacity(families.count)
        for family in families where family.isExported {
            let isDurable = family.descriptor.isDurable
            guard includingDurable || !isDurable else { continue }
            let start = isDurable ? durableStartTime ?? startTime : startTime
            list.append(family.snapshot(&reader, startTime: start))
        }
        torn.add(reader.torn, ordering: .relaxed)
        return MetricsSnapshot(time: time, families: list)
    }

    /// Dates the sums of durable families back to when the saved values began to count.
    package func setDurableStartTime(_ time: UnixTime) {
        state.withLock { $0.durableStartTime = time }
    }

    /// When the sums of durable families began to count.
    package var durableStartTime: UnixTime {
        state.withLock { $0.durableStartTime } ?? startTime
    }

    /// The families whose values outlive the process, in the order in which they were made.
    package var durableFamilies: [DurableFamily] {
        state.withLock { $0.families }
            .filter { $0.descriptor.isDurable && $0.isExported }
            .map(DurableFamily.init)
    }

    /// What the registry holds and what it could not take, now.
    package var statistics: RegistryStatistics {
        let families = state.withLock { $0.families }
        let reader = CellReader()
        var statistics = RegistryStatistics(
            families: families.count,
            series: 0,
            cells: 0,
            overflowed: reader.integer(counters.overflowed),
            refused: reader.integer(counters.refused),
            exhausted: 0,
            torn: torn.load(ordering: .relaxed)
        )
        for family in families {
            let (series, exhausted) = family.state.withLock { ($0.series.count, $0.exhausted) }
            statistics.series += series
            statistics.cells += series * family.width
            statistics.exhausted += exhausted
        }
        return statistics
    }
}
