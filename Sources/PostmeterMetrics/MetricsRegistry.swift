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
        /// What stands before families by what it was asked for with, where a view leaves out labels or all.
        var fronts: [InstrumentDescriptor: FamilyStorage] = [:]
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

    let state = Mutex(State())
    let space: CellSpace
    let counters: RegistryCounters
    let diagnostics: Diagnostics
    /// What asks for exemplars; nil when none are kept.
    let exemplars: ExemplarSource?
    let views: [MetricView]
    let now: @Sendable () -> UnixTime
    let startTime: UnixTime
    let torn = Atomic<UInt64>(0)

    /// Creates a registry without instruments.
    ///
    /// `now` is the wall clock: it dates snapshots and the start of all sums. `diagnostics` hears, at most once
    /// each, of conflicting instruments, unusable names and reached limits. `exemplars` says which measurements
    /// are kept as examples, with the span that `currentSpan` finds them in; it is asked on the recording thread,
    /// and both closures are then kept for as long as the process runs. `views` change instruments as they are made;
    /// one that cannot be used is reported and left out.
    public convenience init(
        now: @escaping @Sendable () -> UnixTime = { UnixTime(nanoseconds: pm_clock_realtime()) },
        diagnostics: Diagnostics = .silent,
        exemplars: ExemplarFilter = .alwaysOff,
        currentSpan: (@Sendable () -> SpanContext?)? = nil,
        views: [MetricView] = []
    ) {
        self.init(
            now: now, diagnostics: diagnostics, space: .process, exemplars: exemplars,
            currentSpan: currentSpan, views: views)
    }

    init(
        now: @escaping @Sendable () -> UnixTime, diagnostics: Diagnostics, space: CellSpace,
        exemplars: ExemplarFilter = .alwaysOff, currentSpan: (@Sendable () -> SpanContext?)? = nil,
        views: [MetricView] = []
    ) {
        self.exemplars = ExemplarSource(exemplars, currentSpan: currentSpan, now: now)
        self.now = now
        self.views = views.filter { $0.fault == nil }
        for view in views {
            if let fault = view.fault { diagnostics.warn("view of \(view.pattern) \(fault); it is left out") }
        }
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
        var reader = CellReader()
        var statistics = RegistryStatistics(
            families: families.count,
            series: 0,
            cells: 0,
            overflowed: reader.integer(counters.overflowed),
            refused: reader.integer(counters.refused),
            exhausted: 0,
            torn: torn.load(ordering: .relaxed)
        )
        statistics.refusedRemovals = reader.integer(counters.refusedRemovals)
        for family in families {
            let (series, exhausted, retired) = family.state.withLock {
                ($0.series.count, $0.exhausted, $0.retired.count)
            }
            statistics.retired += retired
            if retired > 0 { statistics.late &+= family.late(&reader) }
            statistics.series += series
            statistics.cells += family.observation == nil ? series * family.width : 0
            statistics.exhausted += exhausted
        }
        return statistics
    }
}
