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
        switch (descriptor.kind, descriptor.number) {
        case (.gauge, _):
            var known: [Double] = []
            known.reserveCapacity(series.count)
            identities.removeAll(keepingCapacity: true)
            Self.each(runs, series.count, width: 1) { cell, index in
                let value = Double(bitPattern: pm_shared_load(cell))
                guard !value.isNaN else { return }
                known.append(value)
                identities.append(series[index].identity)
            }
            values = .doubles(known)
        case (.histogram, _):
            let (counts, sums) = histograms(runs, series.count, &reader)
            values = .histograms(counts: counts, sums: sums)
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
            owner: self
        )
    }

    /// The values of the series in the form that a checkpoint keeps, `width` words a series.
    func words(_ reader: inout CellReader) -> [UInt64] {
        let (count, runs) = state.withLock { ($0.series.count, $0.runs) }
        switch (descriptor.kind, descriptor.number) {
        case (.gauge, _):
            var words: [UInt64] = []
            words.reserveCapacity(count)
            Self.each(runs, count, width: 1) { cell, _ in words.append(pm_shared_load(cell)) }
            return words
        case (.histogram, _):
            let (counts, sums) = histograms(runs, count, &reader)
            var words: [UInt64] = []
            words.reserveCapacity(count * width)
            for index in 0..<count {
                words += counts[(index * (width - 1))..<((index + 1) * (width - 1))]
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

    private func histograms(
        _ runs: [CellRun],
        _ count: Int,
        _ reader: inout CellReader
    ) -> (counts: [UInt64], sums: [Double]) {
        let buckets = width - 1
        var counts = [UInt64](repeating: 0, count: count * buckets)
        var sums = [Double](repeating: 0, count: count)
        counts.withUnsafeMutableBufferPointer { counts in
            Self.each(runs, count, width: width) { cell, index in
                let own = counts[(index * buckets)..<((index + 1) * buckets)]
                sums[index] = reader.histogram(cell, counts: UnsafeMutableBufferPointer(rebasing: own))
            }
        }
        return (counts, sums)
    }

    /// Calls `body` with the first cell of each run and the series that have their cells there.
    private static func eachRun(_ runs: [CellRun], _ count: Int, _ body: (UInt32, Range<Int>) -> Void) {
        var index = 0
        for run in runs {
            let end = min(count, index + run.series)
            body(run.first, index..<end)
            index = end
        }
    }

    /// Calls `body` with the first cell and the number of each series.
    private static func each(_ runs: [CellRun], _ count: Int, width: Int, _ body: (UInt32, Int) -> Void) {
        eachRun(runs, count) { first, indices in
            for (offset, index) in indices.enumerated() {
                body(first + UInt32(offset * width), index)
            }
        }
    }
}
