import PostmeterModel

extension FamilyText {
    /// Writes the lines of each histogram with explicit bounds.
    mutating func writeHistograms(
        counts: [UInt64],
        sums: [Double],
        to bytes: inout [UInt8],
        until limit: Int,
        _ distinct: inout DistinctLabels
    ) -> Bool {
        let bounds = family.descriptor.bounds
        let edges = HistogramText.Edges(bounds: bounds, format: context.format)
        var text = HistogramText(group.name.family)
        // OpenMetrics forbids the sum of a histogram that may hold negative values, and with it the count.
        let hasSum = !context.format.isOpenMetrics || (bounds.first ?? 0) >= 0
        let count = min(family.identities.count, sums.count, counts.count / edges.count)
        while next < count {
            guard bytes.count < limit else { return false }
            defer { next += 1 }
            let chosen = ExemplarText.newest(exemplars.take(next), bounds: bounds) { edges.shown($0) }
            guard !isAsked || distinct.admit(family.identities[next], family, at: place) else { continue }
            composeLabels(next)
            text.append(
                labels: scratch,
                edges: edges,
                counts: counts[(next * edges.count)..<((next + 1) * edges.count)],
                sum: hasSum ? sums[next] : nil,
                created: created(next),
                exemplars: chosen.map { ($0.bucket, ExemplarText.bytes($0.exemplar)) },
                to: &bytes
            )
        }
        return true
    }

    /// Writes the lines of each exponential histogram, at the bounds of its group.
    mutating func writeExponentials(
        _ points: [ExponentialPoint],
        at exponential: ExponentialEdges,
        to bytes: inout [UInt8],
        until limit: Int,
        _ distinct: inout DistinctLabels
    ) -> Bool {
        var text = HistogramText(group.name.family)
        let edges = HistogramText.Edges(bounds: exponential.bounds, format: context.format)
        let hasSum = !context.format.isOpenMetrics || !exponential.hasNegative
        let count = min(family.identities.count, points.count)
        while next < count {
            guard bytes.count < limit else { return false }
            defer { next += 1 }
            let run = exemplars.take(next)
            guard !isAsked || distinct.admit(family.identities[next], family, at: place) else { continue }
            composeLabels(next)
            text.append(
                labels: scratch,
                edges: edges,
                counts: exponential.counts(of: points[next])[...],
                sum: hasSum ? points[next].sum : nil,
                created: created(next),
                exemplars: ExemplarText.newest(run, bounds: exponential.bounds).map {
                    ($0.bucket, ExemplarText.bytes($0.exemplar))
                },
                to: &bytes
            )
        }
        return true
    }
}
