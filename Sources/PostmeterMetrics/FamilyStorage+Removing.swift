import CPrimitives
import PostmeterModel
import Synchronization

extension FamilyStorage {
    /// The most series that a family takes away: their cells and records are given to no other.
    var retiredLimit: Int {
        let (product, isTooMuch) = budget.limit.multipliedReportingOverflow(by: 16)
        return isTooMuch ? .max : max(1_024, product)
    }

    /// Removes the series of these values; false when there is none, or when it may not be removed.
    func remove(_ values: [String]) -> Bool {
        if let front {
            guard values.count == front.door.labels.count else { return false }
            return front.isNothing ? false : front.target.remove(front.door.kept.map { values[$0] })
        }
        guard values.count == descriptor.labels.count, !values.isEmpty else { return false }
        let texts = LabelValues(values)
        let found = texts.withTexts { pm_family_find(core, $0) }.map { Series(address: $0) }
        return found.map { retire([($0, nil)]) == 1 } ?? false
    }

    /// Removes all series but the overflow series and returns how many there were.
    func removeAll() -> Int {
        if let front { return front.isNothing ? 0 : front.target.removeAll() }
        guard !descriptor.labels.isEmpty else { return 0 }
        return retire(state.withLock { $0.series }.map { ($0, nil) })
    }

    /// Removes the series that have stood still for longer than the family's idle limit.
    func sweep(at now: UnixTime) {
        guard let idleWatch, retiredCount < retiredLimit else { return }
        var reader = CellReader()
        let overflow = knownOverflow
        let marks = state.withLock { $0.series }.filter { $0 != overflow }.map { series in
            (series, mark: mark(value(of: series, &reader)))
        }
        let idle = idleWatch.idle(marks, at: now)
        if !idle.isEmpty { _ = retire(idle.map { ($0, $1) }) }
    }

    /// How many series have been removed.
    var retiredCount: Int { state.withLock { $0.retired.count } }

    /// How much has been recorded in series after their removal: the amounts of integer sums, the values of
    /// distributions, and for others one for each series that has changed.
    func late(_ reader: inout CellReader) -> UInt64 {
        var late: UInt64 = 0
        for series in state.withLock({ $0.retired }) {
            switch (value(at: series.cell, &reader), series.value) {
            case (.integer(let now), .integer(let then)) where descriptor.kind != .gauge:
                late &+= (now &- then).magnitude
            case (.histogram(let now, _), .histogram(let then, _)):
                late &+= now.reduce(0, &+) &- then.reduce(0, &+)
            case (.exponential(let now), .exponential(let then)):
                late &+= now.count &- then.count
            case (let now, let then):
                late &+= mark(now) == mark(then) ? 0 : 1
            }
        }
        return late
    }

    /// Takes series out of the table and the lists, in that order, and returns how many.
    ///
    /// A series with a mark stays when its value has another one by now. Whoever reads the family sees all of this
    /// or nothing: see ``read(_:startTime:at:)``.
    private func retire(_ victims: [(series: Series, mark: UInt64?)]) -> Int {
        guard !descriptor.isDurable else {
            refuseRemoval(of: victims.count, "is durable, so that its series cannot be removed")
            return 0
        }
        let overflow = knownOverflow
        let (count, refused) = removing.withLock { _ in
            state.withLock { state in
                let places = places(of: victims.map(\.series), in: state)
                var reader = CellReader()
                var gone: [Int] = []
                var refused = 0
                for (place, victim) in zip(places, victims) where victim.series != overflow {
                    guard let place else { continue }
                    guard state.retired.count < retiredLimit else {
                        refused += 1
                        continue
                    }
                    let before = victim.mark == nil ? nil : mark(value(of: victim.series, &reader))
                    guard before == victim.mark, pm_family_remove(core, victim.series.address) else {
                        continue
                    }
                    // What is recorded from here on is late.
                    let shown = state.shown[place]
                    state.retired.append(
                        RetiredSeries(
                            identity: shown.identity, cell: shown.cell,
                            value: value(of: victim.series, &reader),
                            hasNegative: hasNegative(at: victim.series.cell, &reader)))
                    gone.append(place)
                }
                state.drop(Set(gone), width: width)
                if !gone.isEmpty { state.removals += 1 }
                budget.release(gone.count)
                return (gone.count, refused)
            }
        }
        if refused > 0 {
            refuseRemoval(of: refused, "has had \(retiredLimit) series removed, which is as many as it may")
        }
        return count
    }

    private func places(of series: [Series], in state: State) -> [Int?] {
        guard series.count > 1 else { return series.map { state.series.firstIndex(of: $0) } }
        let all = Dictionary(uniqueKeysWithValues: state.series.enumerated().map { ($1, $0) })
        return series.map { all[$0] }
    }

    private func refuseRemoval(of count: Int, _ reason: String) {
        pm_cell_add(counters.refusedRemovals, UInt64(count))
        report(.removal, reason)
    }

    private func value(of series: Series, _ reader: inout CellReader) -> SeriesValue {
        value(at: series.cell, &reader)
    }

    /// The value in the cells of one series; that of a gauge that has none is not-a-number.
    private func value(at cell: UInt32, _ reader: inout CellReader) -> SeriesValue {
        switch (descriptor.kind, descriptor.number) {
        case (.gauge, .floating):
            return .double(Double(bitPattern: pm_shared_load(cell)))
        case (.gauge, .integer):
            return IntegerGauge.value(at: cell).map(SeriesValue.integer) ?? .double(.nan)
        case (.histogram, _):
            if let limits = descriptor.exponential {
                return .exponential(reader.exponential(cell, limits).point)
            }
            var counts = [UInt64](repeating: 0, count: descriptor.bounds.count + 1)
            let sum = counts.withUnsafeMutableBufferPointer { reader.histogram(cell, counts: $0) }
            return .histogram(counts: counts[...], sum: sum)
        case (_, .integer):
            return .integer(Int64(bitPattern: reader.integer(cell)))
        case (_, .floating):
            var sum = 0.0
            reader.doubles(cell, 1, addedTo: &sum)
            return .double(sum)
        }
    }

    /// Whether a negative value is in the cells of a histogram that keeps its extremes.
    private func hasNegative(at cell: UInt32, _ reader: inout CellReader) -> Bool {
        guard descriptor.kind == .histogram, descriptor.exponential == nil, Self.keepsExtremes(descriptor)
        else { return false }
        var counts = [UInt64](repeating: 0, count: descriptor.bounds.count + 1)
        var extremes = Extremes()
        counts.withUnsafeMutableBufferPointer {
            _ = reader.histogram(cell, counts: $0, extremes: &extremes)
        }
        return extremes.minimum < 0
    }

    /// What tells a value from other ones of the same series; a distribution's count does.
    private func mark(_ value: SeriesValue) -> UInt64 {
        switch value {
        case .integer(let value): UInt64(bitPattern: value)
        case .double(let value): value.bitPattern
        case .histogram(let counts, _): counts.reduce(0, &+)
        case .exponential(let point): point.count
        }
    }
}

extension FamilyStorage.State {
    /// Leaves series out of the lists, which keep their order; a run of cells is cut where one of them was.
    fileprivate mutating func drop(_ gone: Set<Int>, width: Int) {
        guard !gone.isEmpty else { return }
        var left: [CellRun] = []
        var index = 0
        for (number, run) in runs.enumerated() {
            let room = number == runs.count - 1 ? roomInLastRun : 0
            var start = 0
            func keep(upTo end: Int) {
                guard end > start else { return }
                left.append(CellRun(first: run.first + UInt32(start * width), series: end - start))
            }
            for place in 0..<(run.series - room) {
                if gone.contains(index) {
                    keep(upTo: place)
                    start = place + 1
                }
                index += 1
            }
            keep(upTo: run.series)
        }
        // Series that are made from now on have start times of their own.
        if removals == 0 {
            startTimes = Array(repeating: nil, count: series.count)
        }
        func without<Element>(_ list: [Element]) -> [Element] {
            list.enumerated().compactMap { gone.contains($0) ? nil : $1 }
        }
        runs = left
        series = without(series)
        exported = without(exported)
        startTimes = without(startTimes)
    }
}
