import CPrimitives
import PostmeterModel
import Synchronization

/// What a family is behind its type: the table of its series, and what making one takes.
@usableFromInline
final class FamilyStorage: @unchecked Sendable {
    // Safe because `core` is written under the lock of `state` alone and read without it only by the functions
    // of `pm_series.h` that are made for it, and freed when nobody can reach it any more.

    /// The longest encoded attributes that a series may have; what is longer goes to the overflow series.
    static let identityLimit = 4_096

    struct State: Sendable {
        /// All series in the order in which they were made; the overflow series is one of them.
        var series: [Series] = []
        /// Where their cells are, in the same order; the last run may have room for more.
        var runs: [CellRun] = []
        var roomInLastRun = 0
        /// How often no cell or memory was left for a series.
        var exhausted: UInt64 = 0
        /// The records that they are exported with, in the same order; empty when those are `series`.
        var exported: [Series] = []
        /// When they began to count, in the same order, nil with the registry; empty until one was removed.
        var startTimes: [UnixTime?] = []
        /// The series that have been removed, in the order of their removal.
        var retired: [RetiredSeries] = []
        /// How often series were removed.
        var removals = 0
        /// Keeps the memory of the overflow series when that is a sibling's.
        var overflowOwner: FamilyStorage?

        /// The series as they are exported.
        var shown: [Series] { exported.isEmpty ? series : exported }
    }

    let descriptor: InstrumentDescriptor
    /// Whether snapshots show it: not when its name could break what they are exported to.
    let isExported: Bool
    /// The 64-bit words of a series.
    let width: Int
    let core: UnsafeMutablePointer<pm_family>
    /// The callbacks of an observable instrument, whose series have no cells; nil for others.
    let observation: Observation?
    /// Where look-ups go on; nil for a family with series of its own.
    let front: FamilyFront?
    let budget: SeriesBudget
    /// Finds the series that expire; nil when none do.
    let idleWatch: IdleWatch?
    let counters: RegistryCounters
    /// Held while series are removed, so that they can be read meanwhile or not at all.
    let removing = Mutex(())
    let state = Mutex(State())
    /// What its series need beyond cells.
    let special: pm_special?

    private let space: CellSpace
    private let diagnostics: Diagnostics
    private let now: @Sendable () -> UnixTime
    private let overflow = Atomic<UnsafePointer<UInt8>?>(nil)
    /// What somebody has been told of, one bit each.
    private let reported = Atomic<UInt8>(0)

    /// Creates the family of a descriptor that has been checked, without series.
    init(
        _ descriptor: InstrumentDescriptor,
        isExported: Bool,
        budget: SeriesBudget,
        registry: MetricsRegistry
    ) {
        self.descriptor = descriptor
        self.isExported = isExported
        self.budget = budget
        front = nil
        space = registry.space
        counters = registry.counters
        diagnostics = registry.diagnostics
        now = registry.now
        idleWatch = descriptor.isObservable ? nil : descriptor.idleLimit.map(IdleWatch.init)
        observation = descriptor.isObservable ? Observation() : nil
        width = Self.width(of: descriptor)
        special = Self.special(of: descriptor, exemplars: registry.exemplars)
        core = .allocate(capacity: 1)
        pm_family_start(core, descriptor.labels.map(\.utf8.count), UInt32(descriptor.labels.count))
        core.pointee.reads_strings = StringLayout.isKnown
        core.pointee.refused = counters.refused
        if descriptor.kind == .histogram {
            core.pointee.buckets = Self.buckets(descriptor, special)
        }
    }

    /// Creates a front, which leaves values out and has the others looked up elsewhere.
    init(_ front: FamilyFront) {
        let target = front.target
        descriptor = target.descriptor
        isExported = false
        budget = target.budget
        self.front = front
        space = target.space
        counters = target.counters
        diagnostics = target.diagnostics
        now = target.now
        idleWatch = nil
        observation = target.observation
        width = target.width
        special = nil
        core = .allocate(capacity: 1)
        let kept = front.door.kept.map { UInt8($0) }
        pm_family_start_front(core, target.core, UInt32(front.door.labels.count), kept, UInt32(kept.count))
        if front.isNothing { pm_family_set_only(core, pm_series_discard) }
    }

    /// A table of bounds.
    ///
    /// It is never freed, because handles point to it and may outlive their family.
    private static func buckets(
        _ descriptor: InstrumentDescriptor, _ special: pm_special?
    ) -> UnsafePointer<pm_buckets> {
        let count = UInt32(descriptor.bounds.count)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: pm_buckets_bytes(count), alignment: 64)
        let buckets = memory.bindMemory(to: pm_buckets.self, capacity: 1)
        pm_buckets_start(buckets, descriptor.bounds, count, keepsExtremes(descriptor))
        if let special, special.size > 0, special.slots == 0 { buckets.pointee.exponential = 1 }
        return UnsafePointer(buckets)
    }

    deinit {
        pm_family_end(core)
        core.deallocate()
    }

    /// What is reported once: why measurements are recorded in the overflow series, or series not removed.
    enum Fault: UInt8, Sendable {
        case wrongCount = 1
        case limit = 2
        case tooLong = 4
        case exhausted = 8
        case removal = 16
    }

    private enum Made: Sendable {
        case series(Series)
        case overflow(Fault)
    }

    /// The series of these values, whatever their number and length: found, made, or the overflow series.
    func place(_ values: LabelValues, beyondLimit: Bool = false) -> Series {
        if let front { return place(values, behind: front) }
        guard values.values.count == descriptor.labels.count else {
            return overflow(.wrongCount, values, descriptor.labels)
        }
        return values.withTexts { texts in
            if let series = find(texts) { return series }
            if !beyondLimit, budget.isFull {
                // The last series may have been made between the search and the look at the flag.
                return find(texts) ?? overflow(.limit, values)
            }
            let attributes = values.encoded(for: descriptor)
            guard attributes.count <= Self.identityLimit else { return overflow(.tooLong, values) }
            let exported = values.exported(for: descriptor)
            switch state.withLock({ make(texts, attributes, exported, beyondLimit, &$0) }) {
            case .series(let series): return series
            case .overflow(let reason): return overflow(reason, values)
            }
        }
    }

    /// The series of these values without those that the door does not keep.
    func place(_ values: LabelValues, through door: FamilyDoor?) -> Series {
        guard let door else { return place(values) }
        guard values.values.count == door.labels.count else {
            return overflow(.wrongCount, values, door.labels)
        }
        return place(LabelValues(door.kept.map { values.values[$0] }))
    }

    private func place(_ values: LabelValues, behind front: FamilyFront) -> Series {
        guard !front.isNothing else { return .discard }
        let series = front.target.place(values, through: front.door)
        // A family without labels has one series for good.
        if front.door.kept.isEmpty, values.values.count == front.door.labels.count {
            pm_family_set_only(core, series.address)
        }
        return series
    }

    private func find(_ texts: UnsafePointer<pm_text>) -> Series? {
        pm_family_find(core, texts).map { Series(address: $0) }
    }

    /// Makes the series unless another thread has, or the limit is reached.
    private func make(
        _ texts: UnsafePointer<pm_text>,
        _ attributes: [UInt8],
        _ exported: [UInt8]?,
        _ beyondLimit: Bool,
        _ state: inout State
    ) -> Made {
        // A series without values stands in no table: it is the first one made.
        let hasValues = !descriptor.labels.isEmpty
        if let series = hasValues ? find(texts) : state.series.first { return .series(series) }
        guard !hasValues || budget.take(beyondLimit: beyondLimit) else { return .overflow(.limit) }
        let series = insert(attributes, exported, texts: hasValues ? texts : nil, &state)
        if hasValues { budget.settle(isMade: series != nil) }
        return series.map(Made.series) ?? .overflow(.exhausted)
    }

    /// Takes cells for a series and writes it down; nil when there are none.
    private func insert(
        _ attributes: [UInt8],
        _ exported: [UInt8]?,
        texts: UnsafePointer<pm_text>?,
        _ state: inout State
    ) -> Series? {
        guard let cell = nextCell(&state).flatMap({ recorded($0) }),
            let shown = annex(exported, cell),
            let address = pm_family_insert(core, cell, attributes, UInt16(attributes.count), texts)
        else {
            state.exhausted += 1
            return nil
        }
        if observation == nil { state.roomInLastRun -= 1 }
        let series = Series(address: address)
        if let other = shown.series, state.exported.isEmpty {
            state.exported = state.series + [other]
        } else if !state.exported.isEmpty {
            state.exported.append(shown.series ?? series)
        }
        state.series.append(series)
        if state.removals > 0 { state.startTimes.append(now()) }
        return series
    }

    /// The record that a series is exported with where that is not the one that it is found by.
    private func annex(_ attributes: [UInt8]?, _ cell: UInt32) -> (series: Series?, Void)? {
        guard let attributes else { return (nil, ()) }
        return pm_family_annex(core, cell, attributes, UInt16(attributes.count)).map {
            (Series(address: $0), ())
        }
    }

    /// The first cell of the series to come.
    ///
    /// Runs double with the family, so that a small one takes few cells and a large one has them side by side,
    /// where they are summed fastest.
    private func nextCell(_ state: inout State) -> UInt32? {
        guard observation == nil else { return 0 }
        if state.roomInLastRun == 0 {
            let wanted = max(1, state.series.count)
            guard let run = space.reserve(upTo: wanted, width: width, for: use) else {
                return nil
            }
            state.runs.append(run)
            state.roomInLastRun = run.series
            if use == .shared {
                let isInteger = descriptor.number == .integer
                for index in 0..<run.series {
                    let cell = run.first + UInt32(index * width)
                    pm_shared_set(cell, isInteger ? IntegerGauge.unset : Gauge.unset)
                }
            }
        }
        return state.runs.last.map { $0.first + UInt32(($0.series - state.roomInLastRun) * width) }
    }

    private var use: CellSpace.Use {
        switch descriptor.kind {
        case .gauge: .shared
        case .histogram: .group
        case .counter, .upDownCounter: .single
        }
    }

    /// The overflow series, counted, and reported once for each reason.
    private func overflow(_ reason: Fault, _ values: LabelValues, _ labels: [String] = []) -> Series {
        pm_cell_add(counters.overflowed, 1)
        report(reason, "\(sentence(reason, values, labels)); recorded in its overflow series", colon: true)
        return knownOverflow ?? sharedOverflow()
    }

    /// The overflow series of this family and its siblings, so that no two series have its attributes.
    ///
    /// An observable instrument has one of its own: its values are kept by series of its own.
    private func sharedOverflow() -> Series {
        let owner = observation == nil ? budget.overflowOwner(self) : self
        let series = owner.state.withLock { owner.makeOverflow(&$0) }
        guard owner !== self, series != .discard else { return series }
        state.withLock { $0.overflowOwner = owner }  // before the series can be found without it
        overflow.store(series.address, ordering: .releasing)  // pairs with the load in `knownOverflow`
        return series
    }

    /// Reports a fault unless one like it has been.
    func report(_ fault: Fault, _ sentence: @autoclosure () -> String, colon: Bool = false) {
        let before = reported.bitwiseOr(fault.rawValue, ordering: .relaxed).oldValue
        if before & fault.rawValue == 0 {
            diagnostics.warn("metric \(descriptor.name)\(colon ? ":" : "") \(sentence())")
        }
    }

    private func sentence(_ reason: Fault, _ values: LabelValues, _ labels: [String]) -> String {
        switch reason {
        case .wrongCount:
            "\(values.values.count) label values given for the labels [\(labels.joined(separator: ", "))]"
        case .limit:
            "the limit of \(budget.limit) series is reached, raise it or leave a label out"
        case .tooLong:
            "label values longer than the \(Self.identityLimit) bytes that a series may take"
        case .exhausted:
            "the process has no cell or memory left for another series"
        case .removal:
            "its series cannot be removed"
        }
    }

    /// Makes the overflow series, or a place that nobody reads when not even that can be had.
    private func makeOverflow(_ state: inout State) -> Series {
        if let series = knownOverflow { return series }
        let attributes = Self.overflowAttributes(of: descriptor)
        guard let series = insert(attributes, nil, texts: nil, &state) else { return .discard }
        overflow.store(series.address, ordering: .releasing)  // pairs with the load in `knownOverflow`
        return series
    }

    /// The overflow series, if it has been made.
    var knownOverflow: Series? {
        overflow.load(ordering: .acquiring).map { Series(address: $0) }
    }

    /// The identity of the overflow series.
    static func overflowAttributes(of descriptor: InstrumentDescriptor) -> [UInt8] {
        EncodedAttributes([Attribute("otel.metric.overflow", true)], for: descriptor.attributeField).bytes
    }

    /// Makes the overflow series now, because a saved family had one.
    func restoreOverflow() -> Series {
        state.withLock { makeOverflow(&$0) }
    }
}
