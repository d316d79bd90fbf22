import PostmeterModel

extension FamilyStorage {
    /// The values of those gauges that have one, and the places of these among the series.
    func gauges<Value>(
        _ runs: [CellRun], _ count: Int, _ load: (UInt32) -> Value?
    ) -> (known: [Value], places: [Int]) {
        var known: [Value] = []
        var places: [Int] = []
        known.reserveCapacity(count)
        places.reserveCapacity(count)
        Self.each(runs, count, width: width) { cell, index in
            guard let value = load(cell) else { return }
            known.append(value)
            places.append(index)
        }
        return (known, places)
    }

    /// The buckets and sums of histograms with explicit bounds; appends their extremes where these are kept.
    func histograms(
        _ runs: [CellRun],
        _ count: Int,
        _ extremes: inout [Extremes],
        _ reader: inout CellReader
    ) -> (counts: [UInt64], sums: [Double]) {
        let buckets = descriptor.bounds.count + 1
        let keepsExtremes = Self.keepsExtremes(descriptor)
        var counts = [UInt64](repeating: 0, count: count * buckets)
        var sums = [Double](repeating: 0, count: count)
        counts.withUnsafeMutableBufferPointer { counts in
            Self.each(runs, count, width: width) { cell, index in
                let own = UnsafeMutableBufferPointer(
                    rebasing: counts[(index * buckets)..<((index + 1) * buckets)])
                if keepsExtremes {
                    var found = Extremes()
                    sums[index] = reader.histogram(cell, counts: own, extremes: &found)
                    extremes.append(found)
                } else {
                    sums[index] = reader.histogram(cell, counts: own)
                }
            }
        }
        return (counts, sums)
    }

    /// The points of exponential histograms; appends their extremes.
    func exponentials(
        _ runs: [CellRun],
        _ count: Int,
        _ limits: ExponentialLimits,
        _ extremes: inout [Extremes],
        _ reader: inout CellReader
    ) -> [ExponentialPoint] {
        var points: [ExponentialPoint] = []
        points.reserveCapacity(count)
        Self.each(runs, count, width: width) { cell, _ in
            let (point, found) = reader.exponential(cell, limits)
            points.append(point)
            extremes.append(found)
        }
        return points
    }
}
