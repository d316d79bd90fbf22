import PostmeterModel

/// Writes one family: its metadata, then its samples, in one piece.
struct FamilyWriter {
    let group: ExpositionGroup
    let format: ExpositionFormat
    /// The label that the format itself puts on the samples.
    let reservedLabel: String?
    private let warnings: ExpositionWarnings

    init(_ group: ExpositionGroup, format: ExpositionFormat, warnings: ExpositionWarnings) {
        self.group = group
        self.format = format
        self.warnings = warnings
        reservedLabel = group.kind == .histogram ? "le" : nil
    }

    func write(to bytes: inout [UInt8]) {
        appendMetadata(to: &bytes)
        let areDistinct = DistinctLabels.areWholeSeriesDistinct(group.families)
        let templates = zip(group.families, areDistinct).map { $1 ? template(of: $0) : nil }
        let isAlone = templates.count == 1 && templates.allSatisfy { $0 != nil }
        var distinct = DistinctLabels(group.name.sample, isNeeded: !isAlone, warnings: warnings)
        for (family, template) in zip(group.families, templates) {
            switch family.values {
            case .integers(let values):
                writeNumbers(family, values, template, &distinct, to: &bytes) { NumberText.write($0, to: $1) }
            case .doubles(let values):
                writeNumbers(family, values, template, &distinct, to: &bytes) { NumberText.write($0, to: $1) }
            case .histograms(let counts, let sums):
                writeHistograms(family, counts: counts, sums: sums, template, &distinct, to: &bytes)
            case .exponentials(let points):
                writeExponentials(family, points, template, &distinct, to: &bytes)
            }
            withExtendedLifetime(family.owner) {}
        }
    }

    /// Composes the labels of a family's series; nil when its keys do not become labels one by one.
    ///
    /// In a group of several families it composes whole series only, since partial ones may be there twice.
    private func template(of family: FamilySnapshot) -> LineTemplate? {
        let isHistogram = group.kind == .histogram
        let sample = group.name.sample
        return LineTemplate(
            keys: family.descriptor.labels,
            field: family.descriptor.attributeField,
            prefix: isHistogram ? "" : sample + "{",
            suffix: isHistogram ? "" : family.descriptor.labels.isEmpty ? sample + " " : "} ",
            reserved: reservedLabel,
            composesPartialSeries: group.families.count == 1
        )
    }

    /// The exemplars of a family that are shown: OpenMetrics has them on counters and histograms.
    func exemplars(of family: FamilySnapshot) -> ExemplarCursor {
        ExemplarCursor(format == .openMetrics && group.kind != .gauge ? family.exemplars : [])
    }

    /// OpenMetrics wants TYPE, UNIT, HELP and the family's name without `_total`; text takes HELP first and
    /// knows the family by the name of its samples.
    private func appendMetadata(to bytes: inout [UInt8]) {
        let name = format == .openMetrics ? group.name.family : group.name.sample
        var help: [UInt8] = []
        if !group.help.isEmpty {
            help += "# HELP \(name) ".utf8
            Escaping.append(Array(group.help.utf8), quotes: format == .openMetrics, to: &help)
            help.append(UInt8(ascii: "\n"))
        }
        if format == .text { bytes += help }
        bytes += "# TYPE \(name) \(group.kind.rawValue)\n".utf8
        guard format == .openMetrics else { return }
        if !group.name.unit.isEmpty { bytes += "# UNIT \(name) \(group.name.unit)\n".utf8 }
        bytes += help
    }
}
