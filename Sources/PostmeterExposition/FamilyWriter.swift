import PostmeterModel

/// Writes one family: its metadata, then its samples, in one piece.
struct FamilyWriter {
    let group: ExpositionGroup
    let format: ExpositionFormat
    /// Nil when the keys of the labels do not become labels one by one.
    private let template: LineTemplate?
    private let warnings: ExpositionWarnings
    /// The label that the format itself puts on the samples.
    let reservedLabel: String?

    init(_ group: ExpositionGroup, format: ExpositionFormat, warnings: ExpositionWarnings) {
        self.group = group
        self.format = format
        self.warnings = warnings
        let isHistogram = group.kind == .histogram
        reservedLabel = isHistogram ? "le" : nil
        guard group.families.count == 1, let descriptor = group.families.first?.descriptor else {
            template = nil
            return
        }
        let sample = group.name.sample
        let prefix = isHistogram ? "" : sample + "{"
        let suffix = isHistogram ? "" : descriptor.labels.isEmpty ? sample + " " : "} "
        template = LineTemplate(
            keys: descriptor.labels,
            field: descriptor.attributeField,
            prefix: prefix,
            suffix: suffix,
            reserved: reservedLabel
        )
    }

    func write(to bytes: inout [UInt8]) {
        appendMetadata(to: &bytes)
        guard let template, let family = group.families.first else {
            writeDistinct(to: &bytes)
            return
        }
        switch family.values {
        case .integers(let values):
            writeNumbers(family.identities, values, template, to: &bytes) { NumberText.write($0, to: $1) }
        case .doubles(let values):
            writeNumbers(family.identities, values, template, to: &bytes) { NumberText.write($0, to: $1) }
        case .histograms(let counts, let sums):
            writeHistograms(family, counts: counts, sums: sums, template, to: &bytes)
        case .exponentials:
            break
        }
        withExtendedLifetime(family.owner) {}
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

    /// Writes families whose names or labels became equal, each label set once.
    private func writeDistinct(to bytes: inout [UInt8]) {
        var seen: Set<[UInt8]> = []
        for family in group.families {
            let histogram = HistogramText(group.name.family, bounds: family.descriptor.bounds, format: format)
            for (index, identity) in family.identities.enumerated() {
                let labels = LabelSet(identity.bytes, reserved: reservedLabel)
                guard seen.insert(labels.canonical).inserted else {
                    warnings.warn(
                        "a series of '\(family.descriptor.name)' is not exposed: '\(group.name.sample)' has "
                            + "the same labels already; rename the instrument or one of its labels",
                        about: "series \(family.descriptor.name)"
                    )
                    continue
                }
                switch family.values {
                case .integers(let values) where index < values.count:
                    appendNumber(labels, to: &bytes) { NumberText.write(values[index], to: $0) }
                case .doubles(let values) where index < values.count:
                    appendNumber(labels, to: &bytes) { NumberText.write(values[index], to: $0) }
                case .histograms(let counts, let sums)
                where index < sums.count && (index + 1) * histogram.width <= counts.count:
                    var text: [UInt8] = []
                    labels.append(to: &text)
                    histogram.append(labels: text, counts: counts, sum: sums[index], at: index, to: &bytes)
                default: break
                }
            }
            withExtendedLifetime(family.owner) {}
        }
    }
}
