import CPrimitives
import PostmeterModel

extension ExponentialPoint.Buckets {
    /// The buckets at a scale that is lower by `steps`: `2^steps` of them become one.
    func downscaled(by steps: Int32) -> Self {
        guard steps > 0, !counts.isEmpty else { return self }
        let shift = min(steps, 31)
        let first = offset >> shift
        let last = (offset + Int32(counts.count) - 1) >> shift
        var coarse = [UInt64](repeating: 0, count: Int(last - first) + 1)
        for (index, count) in counts.enumerated() {
            coarse[Int((offset + Int32(index)) >> shift - first)] &+= count
        }
        return Self(offset: first, counts: coarse)
    }

    /// These buckets and others of the same scale, each pair put together; empty ones at the ends are left out.
    func combined(with other: Self, _ combine: (UInt64, UInt64) -> UInt64) -> Self {
        guard !other.counts.isEmpty else { return self }
        let first = counts.isEmpty ? other.offset : min(offset, other.offset)
        let end = max(
            counts.isEmpty ? Int32.min : offset + Int32(counts.count),
            other.offset + Int32(other.counts.count))
        var list = (first..<end).map { combine(self[$0], other[$0]) }
        while list.last == 0 { list.removeLast() }
        let skipped = list.prefix { $0 == 0 }.count
        list.removeFirst(skipped)
        return list.isEmpty ? Self() : Self(offset: first + Int32(skipped), counts: list)
    }

    /// How many buckets there would be with those of another point.
    func width(with other: Self) -> Int {
        if counts.isEmpty || other.counts.isEmpty { return max(counts.count, other.counts.count) }
        let end = max(offset + Int32(counts.count), other.offset + Int32(other.counts.count))
        return Int(end - min(offset, other.offset))
    }

    private subscript(index: Int32) -> UInt64 {
        let place = Int(index) - Int(offset)
        return counts.indices.contains(place) ? counts[place] : 0
    }
}

extension ExponentialPoint {
    /// The same values in buckets of a lower scale; itself when `scale` is not lower.
    func downscaled(to scale: Int32) -> ExponentialPoint {
        guard scale < self.scale else { return self }
        var point = self
        point.scale = scale
        point.positive = positive.downscaled(by: self.scale - scale)
        point.negative = negative.downscaled(by: self.scale - scale)
        return point
    }

    /// What has come since an earlier reading of the same series, with `sum` as it is given.
    ///
    /// A scale only falls, so the earlier buckets can be made as coarse as the present ones.
    func subtracting(_ earlier: ExponentialPoint, sum: Double) -> ExponentialPoint {
        let scale = min(scale, earlier.scale)
        let now = downscaled(to: scale)
        let before = earlier.downscaled(to: scale)
        return ExponentialPoint(
            scale: scale, zeroCount: zeroCount &- earlier.zeroCount, sum: sum,
            positive: now.positive.combined(with: before.positive, &-),
            negative: now.negative.combined(with: before.negative, &-))
    }

    /// The values of both, at the highest scale that both have and at which each side fits into `maxSize`.
    func adding(_ other: ExponentialPoint, maxSize: Int) -> ExponentialPoint {
        var a = downscaled(to: min(scale, other.scale))
        var b = other.downscaled(to: a.scale)
        while max(a.positive.width(with: b.positive), a.negative.width(with: b.negative)) > max(2, maxSize),
            a.scale > Int32(PM_SCALE_LEAST)
        {
            a = a.downscaled(to: a.scale - 1)
            b = b.downscaled(to: a.scale)
        }
        return ExponentialPoint(
            scale: a.scale, zeroCount: zeroCount &+ other.zeroCount, sum: sum + other.sum,
            positive: a.positive.combined(with: b.positive, &+),
            negative: a.negative.combined(with: b.negative, &+))
    }
}
