import PostmeterModel

extension FamilyWriter {
    /// Writes the lines of every histogram of a family.
    func writeHistograms(
        _ family: FamilySnapshot,
        counts: [UInt64],
        sums: [Double],
        _ template: LineTemplate,
        to bytes: inout [UInt8]
    ) {
        let text = HistogramText(group.name.family, bounds: family.descriptor.bounds, format: format)
        let count = min(family.identities.count, sums.count, counts.count / text.width)
        var labels: [UInt8] = []
        for index in 0..<count {
            let identity = family.identities[index]
            labels.removeAll(keepingCapacity: true)
            if !compose(identity, template, to: &labels) {
                LabelSet(identity.bytes, reserved: reservedLabel).append(to: &labels)
            }
            text.append(labels: labels, counts: counts, sum: sums[index], at: index, to: &bytes)
        }
    }

    private func compose(
        _ identity: SeriesIdentity,
        _ template: LineTemplate,
        to labels: inout [UInt8]
    ) -> Bool {
        var isComposed = false
        template.withComposer { composer in
            labels.append(addingCapacity: template.fixedBytes + identity.count + LineTemplate.slack) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    guard let start = UnsafeMutableRawPointer(buffer.baseAddress),
                        let end = composer.write(identity, to: start)
                    else { return }
                    count = end - start
                    isComposed = true
                }
            }
        }
        return isComposed
    }
}
