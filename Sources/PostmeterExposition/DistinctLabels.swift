import PostmeterModel

/// Sees to it that no label set stands in a group twice: the first one holds.
struct DistinctLabels {
    private let sample: String
    private let warnings: ExpositionWarnings
    /// For each family of the group what it is asked by; nil where all label sets are known to differ.
    private let hashers: [LabelHasher?]
    private var seen: Set<LabelHash> = []

    /// Looks at the families of a group; each is recorded by the scope of the same place.
    init(_ group: ExpositionGroup, scopes: [ScopeLabels], names: [LabelNames], warnings: ExpositionWarnings) {
        sample = group.name.sample
        self.warnings = warnings
        var key = SystemRandomNumberGenerator()
        let word: UInt64 = key.next()
        let isAsked = Self.mayRepeat(group.families, scopes: scopes, names: names)
        hashers = group.families.indices.map { place in
            isAsked[place]
                ? LabelHasher(
                    keys: group.families[place].descriptor.labels, names: names[place], key: word) : nil
        }
    }

    /// Whether the series of a family must be asked about one by one.
    func asks(_ place: Int) -> Bool {
        hashers[place] != nil
    }

    /// Whether a label set of the family at a place is a new one; the first that is not is reported.
    mutating func admit(_ identity: SeriesIdentity, _ family: FamilySnapshot, at place: Int) -> Bool {
        guard let hasher = hashers[place], !seen.insert(hasher.hash(of: identity)).inserted else {
            return true
        }
        warnings.warn(
            "a series of '\(family.descriptor.name)' is not exposed: '\(sample)' has the same labels "
                + "already; rename the instrument or one of its labels",
            about: "series \(family.descriptor.name)"
        )
        return false
    }

    /// For each family whether one of its series may have the labels of another series of the group.
    ///
    /// Series of different scopes differ where the scope is among the labels. Two families may have a series in
    /// common when their labels are the same, or when one of them has a series that lacks some of its labels
    /// or has others. Within a family only two keys that become one label can make two series equal.
    private static func mayRepeat(
        _ families: [FamilySnapshot],
        scopes: [ScopeLabels],
        names: [LabelNames]
    ) -> [Bool] {
        let lists = zip(families, names).map { family, names in family.descriptor.labels.map(names.name) }
        let labels = lists.map { Set($0) }
        var repeats = zip(lists, labels).map { $0.count != $1.count }
        let rivals = families.indices.map { place in
            families.indices.filter { $0 != place && scopes[$0] == scopes[place] }
        }
        let areWhole = families.indices.map { rivals[$0].isEmpty || families[$0].hasWholeSeriesOnly }
        for place in families.indices {
            repeats[place] =
                repeats[place]
                || rivals[place].contains {
                    labels[$0] == labels[place] || !areWhole[$0] || !areWhole[place]
                }
        }
        return repeats
    }
}

extension FamilySnapshot {
    /// Whether each series has the labels of the descriptor, in their order, and no others.
    fileprivate var hasWholeSeriesOnly: Bool {
        let keys = descriptor.labels.map { Array($0.utf8) }
        return identities.allSatisfy { identity in
            var reader = AttributeReader(identity.bytes)
            var next = 0
            while let (key, _) = reader.next() {
                guard next < keys.count, keys[next].elementsEqual(key) else { return false }
                next += 1
            }
            return next == keys.count
        }
    }
}
