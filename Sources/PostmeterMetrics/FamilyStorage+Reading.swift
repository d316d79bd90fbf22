import CPrimitives
import PostmeterModel
import Synchronization

extension FamilyStorage {
    /// The series made so far, in the order in which they were made.
    var series: [Series] { state.withLock { $0.series } }

    /// The number of series made so far.
    var count: Int { state.withLock { $0.series.count } }

    /// The attributes that these series are exported with.
    func identities(of series: [Series]) -> [SeriesIdentity] {
        let (found, exported) = state.withLock { ($0.series, $0.exported) }
        guard !exported.isEmpty else { return series.map(\.identity) }
        let shown = Dictionary(zip(found, exported), uniquingKeysWith: { first, _ in first })
        return series.map { (shown[$0] ?? $0).identity }
    }

    /// All series with their values now; a gauge that has none is left out.
    func snapshot(_ reader: inout CellReader, startTime: UnixTime) -> FamilySnapshot {
        let (series, runs) = state.withLock { ($0.shown, $0.runs) }
        var identities = series.map(\.identity)
        let values: SeriesValues
        var extremes: [Extremes] = []
        switch (descriptor.kind, descriptor.number) {
        case (.gauge, .floating):
            let (known, places) = gauges(runs, series.count) { cell in
                let value = Double(bitPattern: pm_shared_load(cell))
                return value.isNaN ? nil : value
            }
            identities = places.map { identities[$0] }
            values = .doubles(known)
        case (.gauge, .integer):
            let (known, places) = gauges(runs, series.count, IntegerGauge.value)
            identities = places.map { identities[$0] }
            values = .integers(known)
        case (.histogram, _):
            if let limits = descriptor.exponential {
                values = .exponentials(exponentials(runs, series.count, limits, &extremes, &reader))
            } else {
                let (counts, sums) = histograms(runs, series.count, &extremes, &reader)
                values = .histograms(counts: counts, sums: sums)
            }
        case (_, .integer):
            values = .integers(integers(runs, series.count, reader))
        case (_, .floating):
            values = .doubles(doubles(runs, series.count, reader))
        }
        return FamilySnapshot(
            descriptor: descriptor,
            startTime: startTime,
            identities: identities,
            values: values,
            extremes: extremes,
            exemplars: exemplars(runs, series.count),
            owner: self
        )
    }

    /// The values of the series in the form that a checkpoint keeps, without extremes: `width` words a series of a
    /// durable family.
    func words(_ reader: inout CellReader) -> [UInt64] {
        let (count, runs) = state.withLock { ($0.series.count, $0.runs) }
        switch (descriptor.kind, descriptor.number) {
        case (.gauge, _):
            var words: [UInt64] = []
            words.reserveCapacity(count * width)
            Self.each(runs, count, width: width) { cell, _ in
                for index in 0..<UInt32(width) { words.append(pm_shared_load(cell + index)) }
            }
            return words
        case (.histogram, _):
            var extremes: [Extremes] = []
            let (counts, sums) = histograms(runs, count, &extremes, &reader)
            let buckets = descriptor.bounds.count + 1
            var words: [UInt64] = []
            words.reserveCapacity(count * (buckets + 1))
            for index in 0..<count {
                words += counts[(index * buckets)..<((index + 1) * buckets)]
                words.append(sums[index].bitPattern)
            }
            return words
        case (_, .integer):
            return integers(runs, count, reader).map { UInt64(bitPattern: $0) }
        case (_, .floating):
            return doubles(runs, count, reader).map(\.bitPattern)
        }
    }

    private func integers(_ runs: [CellRun], _ count: Int, _ reader: CellReader) -> [Int64] {
        // The empty array is one global, which this initializer would write to.
        guard count > 0 else { return [] }
        return [Int64](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: 0)
            initialized = count
            buffer.withMemoryRebound(to: UInt64.self) { sums in
                Self.eachRun(runs, count) { cell, indices in
                    guard let first = sums.baseAddress else { return }
                    reader.integers(cell, indices.count, addedTo: first + indices.lowerBound)
                }
            }
        }
    }

    private func doubles(_ runs: [CellRun], _ count: Int, _ reader: CellReader) -> [Double] {
        guard count > 0 else { return [] }
        return [Double](unsafeUninitializedCapacity: count) { sums, initialized in
            sums.initialize(repeating: 0)
            initialized = count
            Self.eachRun(runs, count) { cell, indices in
                guard let first = sums.baseAddress else { return }
                reader.doubles(cell, indices.count, addedTo: first + indices.lowerBound)
            }
        }
    }

    /// Calls `body` with the first cell of each run and the series that have their cells there.
    static func eachRun(_ runs: [CellRun], _ count: Int, _ body: (UInt32, Range<Int>) -> Void) {
        var index = 0
        for run in runs {
            let end = min(count, index + run.series)
            body(run.first, index..<end)
            index = end
        }
    }

    /// Calls `body` with the first cell and the number of each series.
    static func each(_ runs: [CellRun], _ count: Int, width: Int, _ body: (UInt32, Int) -> Void) {
        eachRun(runs, count) { first, indices in
            for (offset, index) in indices.enumerated() {
                body(first + UInt32(offset * width), index)
            }
        }
    }
}
