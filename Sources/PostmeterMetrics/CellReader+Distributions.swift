import CPrimitives
import PostmeterModel

extension CellReader {
    /// Adds a histogram's buckets to `counts` and returns its sum; of each thread they belong together.
    mutating func histogram(_ cell: UInt32, counts: UnsafeMutableBufferPointer<UInt64>) -> Double {
        groups(cell, counts, width: counts.count + 1) { _ in }
    }

    /// The same for a histogram that keeps its extremes, which are put together with the given ones.
    mutating func histogram(
        _ cell: UInt32, counts: UnsafeMutableBufferPointer<UInt64>, extremes: inout Extremes
    ) -> Double {
        groups(cell, counts, width: counts.count + 3) { words in
            extremes.minimum = min(extremes.minimum, pm_minimum_of(words[counts.count + 1]))
            extremes.maximum = max(extremes.maximum, pm_maximum_of(words[counts.count + 2]))
        }
    }

    private mutating func groups(
        _ cell: UInt32, _ counts: UnsafeMutableBufferPointer<UInt64>, width: Int, _ rest: ([UInt64]) -> Void
    ) -> Double {
        if scratch.count < width {
            scratch = [UInt64](repeating: 0, count: width)
        }
        var sum = 0.0
        for block in blocks {
            guard let words = Self.words(of: block, from: cell) else { continue }
            if !pm_group_read(block, words, UInt32(width), &scratch) { torn += 1 }
            for bucket in counts.indices {
                counts[bucket] &+= scratch[bucket]
            }
            sum += Double(bitPattern: scratch[counts.count])
            rest(scratch)
        }
        return sum
    }

    /// The exponential histogram of a cell: what one thread would have that had recorded all values.
    ///
    /// Of each thread sum, extremes and buckets belong together.
    mutating func exponential(
        _ cell: UInt32, _ limits: ExponentialLimits
    ) -> (point: ExponentialPoint, extremes: Extremes) {
        let histograms = blocks.compactMap { block in
            Self.words(of: block, from: cell).flatMap { pm_exponential_at($0) }
        }
        var point = ExponentialPoint(scale: Int32(limits.maxScale))
        var extremes = Extremes()
        guard !histograms.isEmpty else { return (point, extremes) }
        let words = 2 * limits.maxSize
        if scratch.count < words * histograms.count {
            scratch = [UInt64](repeating: 0, count: words * histograms.count)
        }
        var failures: UInt64 = 0
        scratch.withUnsafeMutableBufferPointer { scratch in
            guard let memory = scratch.baseAddress else { return }
            var readings: [pm_exponential_reading] = []
            for (index, histogram) in histograms.enumerated() {
                var reading = pm_exponential_reading()
                if !pm_exponential_read(histogram, &reading, memory + index * words) { failures += 1 }
                point.zeroCount &+= reading.zeros
                point.sum += reading.sum
                extremes.minimum = min(extremes.minimum, reading.minimum)
                extremes.maximum = max(extremes.maximum, reading.maximum)
                readings.append(reading)
            }
            var positive = pm_exponential_side()
            var negative = pm_exponential_side()
            point.scale = pm_exponential_fit(
                readings, readings.count, UInt32(limits.maxSize), Int32(limits.maxScale), &positive, &negative
            )
            point.positive = Self.folded(readings, 0, point.scale, positive)
            point.negative = Self.folded(readings, 1, point.scale, negative)
        }
        torn += failures
        return (point, extremes)
    }

    /// The buckets of one sign of all threads.
    private static func folded(
        _ readings: [pm_exponential_reading], _ side: Int32, _ scale: Int32, _ range: pm_exponential_side
    ) -> ExponentialPoint.Buckets {
        var counts = [UInt64](repeating: 0, count: Int(range.count))
        for reading in readings {
            withUnsafePointer(to: reading) { pm_exponential_fold($0, side, scale, range.low, &counts) }
        }
        return ExponentialPoint.Buckets(offset: range.low, counts: counts)
    }
}
