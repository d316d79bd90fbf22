import PostmeterModel

/// Which families a scrape shows, so that no name stands in it twice.
struct ExpositionPlan {
    private(set) var groups: [ExpositionGroup] = []
    private var places: [String: Int] = [:]
    /// Who has each name, those of samples included, in whatever format is asked for: what one format shows
    /// the other shows too.
    private var owners: [String: String] = [:]
    private let warnings: ExpositionWarnings

    init(warnings: ExpositionWarnings) {
        self.warnings = warnings
    }

    /// Keeps names from being used by a family.
    mutating func reserve(_ names: [String], for owner: String) {
        for name in names { owners[name] = owner }
    }

    /// Adds a family that has series, unless its names belong to another.
    mutating func add(_ family: FamilySnapshot) {
        guard !family.identities.isEmpty else { return }
        let descriptor = family.descriptor
        guard family.temporality == .cumulative else {
            warnings.warn(
                "the instrument '\(descriptor.name)' is not exposed: it was read as differences, which a "
                    + "scrape cannot show",
                about: "differences of \(descriptor.name)"
            )
            return
        }
        let kind = ExpositionGroup.Kind(descriptor.kind)
        guard
            let name = PrometheusName.metric(
                name: descriptor.name,
                unit: descriptor.unit,
                kind: descriptor.kind
            )
        else {
            warnings.warn(
                "the instrument '\(descriptor.name)' is not exposed: no character of its name is allowed in "
                    + "Prometheus; rename it",
                about: descriptor.name
            )
            return
        }
        // Of two units or descriptions the first is shown: neither makes a name ambiguous.
        if let place = places[name.family], groups[place].kind == kind {
            groups[place].families.append(family)
            return
        }
        let names = Self.names(of: name.family, kind: kind)
        if let taken = names.first(where: { owners[$0] != nil }) {
            warnings.warn(
                "the \(kind) '\(descriptor.name)' is not exposed: its Prometheus name '\(taken)' belongs to "
                    + "'\(owners[taken] ?? "")'; rename one of them",
                about: "\(kind) \(descriptor.name)"
            )
            return
        }
        reserve(names, for: descriptor.name)
        places[name.family] = groups.count
        groups.append(
            ExpositionGroup(name: name, kind: kind, help: descriptor.description, families: [family])
        )
    }

    /// The name of a family and those of its samples.
    private static func names(of family: String, kind: ExpositionGroup.Kind) -> [String] {
        let suffixes =
            switch kind {
            case .counter: ["", "_total", "_created"]
            case .gauge: [""]
            case .histogram: ["", "_bucket", "_count", "_sum", "_created"]
            }
        return suffixes.map { family + $0 }
    }
}
