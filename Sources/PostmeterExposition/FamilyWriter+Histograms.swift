import PostmeterModel

extension FamilyWriter {
    /// Writes the lines of every histogram of a family with explicit bounds.
    func writeHistograms(
        _ family: FamilySnapshot,
        counts: [UInt64],
        sums: [Double],
        _ template: LineTemplate?,
        _ distinct: inout DistinctLabels,
        to bytes: inout [UInt8]
    ) {
        let text = HistogramText(group.name.family)
        let bounds = family.descriptor.bounds
        let edges = HistogramText.Edges(bounds: bounds, format: format)
        let width = edges.texts.count
        // OpenMetrics forbids the sum of a histogram that may hold negative values, and with it the count.
        let hasSum = format == .text || (bounds.first ?? 0) >= 0
        var exemplars = exemplars(of: family)
        var labels: [UInt8] = []
        for index in 0..<min(family.identities.count, sums.count, counts.count / width) {
            let chosen = ExemplarText.newest(exemplars.take(index), bounds: bounds) { edges.shown($0) }
            guard compose(family, index, template, &distinct, to: &labels) else { continue }
            text.append(
                labels: labels,
                edges: edges,
                counts: counts[(index * width)..<((index + 1) * width)],
                sum: hasSum ? sums[index] : nil,
                exemplars: chosen,
                to: &bytes
            )
        }
    }

    /// Writes the lines of every exponential histogram of a family.
    func writeExponentials(
        _ family: FamilySnapshot,
        _ points: [ExponentialPoint],
        _ template: LineTemplate?,
        _ distinct: inout DistinctLabels,
        to bytes: inout [UInt8]
    ) {
        let text = HistogramText(group.name.family)
        var exponential = ExponentialText(format: format)
        var exemplars = exemplars(of: family)
        var labels: [UInt8] = []
        for (index, point) in points.prefix(family.identities.count).enumerated() {
            let run = exemplars.take(index)
            guard compose(family, index, template, &distinct, to: &labels) else { continue }
            let buckets = exponential.buckets(of: point)
            let hasSum = format == .text || point.negative.counts.isEmpty
            text.append(
                labels: labels,
                edges: buckets.edges,
                counts: buckets.counts[...],
                sum: hasSum ? point.sum : nil,
                exemplars: ExemplarText.newest(run, bounds: buckets.bounds),
                to: &bytes
            )
        }
    }

    /// Puts the labels of a series into `labels`; false when the series is not to be shown.
    private func compose(
        _ family: FamilySnapshot,
        _ index: Int,
        _ template: LineTemplate?,
        _ distinct: inout DistinctLabels,
        to labels: inout [UInt8]
    ) -> Bool {
        let identity = family.identities[index]
        labels.removeAll(keepingCapacity: true)
        var isComposed = false
        template?.withComposer { composer in
            let room = composer.fixedBytes + identity.count + LineTemplate.slack
            labels.append(addingCapacity: room) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    guard let start = UnsafeMutableRawPointer(buffer.baseAddress),
                        let end = composer.write(identity, to: start)
                            ?? composer.writeSome(identity, to: start)
                    else { return }
                    count = end - start
                    isComposed = true
                }
            }
        }
        guard !isComposed else { return true }
        let set = LabelSet(identity.bytes, reserved: reservedLabel)
        guard distinct.admit(set, of: family) else { return false }
        set.append(to: &labels)
        return true
    }
}
