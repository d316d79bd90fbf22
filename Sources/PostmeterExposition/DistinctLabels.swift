import PostmeterModel

/// Sees to it that no label set stands in a group twice: the first one holds.
struct DistinctLabels {
    private let sample: String
    private let warnings: ExpositionWarnings
    private let isNeeded: Bool
    private var seen: Set<[UInt8]> = []

    /// With `isNeeded` false all label sets are known to differ.
    init(_ sample: String, isNeeded: Bool, warnings: ExpositionWarnings) {
        self.sample = sample
        self.warnings = warnings
        self.isNeeded = isNeeded
    }

    /// Whether the label set is a new one; the first that is not is reported.
    mutating func admit(_ labels: LabelSet, of family: FamilySnapshot) -> Bool {
        guard isNeeded, !seen.insert(labels.canonical).inserted else { return true }
        warnings.warn(
            "a series of '\(family.descriptor.name)' is not exposed: '\(sample)' has the same labels "
                + "already; rename the instrument or one of its labels",
            about: "series \(family.descriptor.name)"
        )
        return false
    }

    /// Whether the whole series of each family, those that have all its labels, have label sets that no other
    /// series of any of the families can have.
    ///
    /// A series of another family could have them only when it has those labels, and either no more of them
    /// or not all that it might.
    static func areWholeSeriesDistinct(_ families: [FamilySnapshot]) -> [Bool] {
        guard families.count > 1 else { return families.map { _ in true } }
        let labels = families.map { Set($0.descriptor.labels.map(PrometheusName.label)) }
        let havePartialSeries = families.map { family in
            family.identities.contains { $0.attributeCount != family.descriptor.labels.count }
        }
        return labels.indices.map { place in
            labels.indices.allSatisfy { other in
                other == place || !labels[place].isSubset(of: labels[other])
                    || (labels[place].count < labels[other].count && !havePartialSeries[other])
            }
        }
    }
}

extension SeriesIdentity {
    /// The number of encoded attributes.
    fileprivate var attributeCount: Int {
        var count = 0
        var at = 0
        while at < self.count {
            // Behind the tag stands a length in groups of seven bits.
            at += 1
            var length = 0
            var shift = 0
            while at < self.count, shift < 28 {
                let byte = bytes[at]
                length |= Int(byte & 0x7f) << shift
                shift += 7
                at += 1
                if byte < 0x80 { break }
            }
            at += length
            count += 1
        }
        return count
    }
}
