import PostmeterModel

/// Which families a scrape shows, so that no name stands in it twice.
struct ExpositionPlan {
    private(set) var groups: [ExpositionGroup] = []
    private var places: [String: Int] = [:]
    /// Who has each name, those of samples included, in whatever format is asked for: what one format shows
    /// the other shows too.
    private var owners: [String: String] = [:]
    private let names: ExpositionNames
    private let warnings: ExpositionWarnings

    init(names: ExpositionNames, warnings: ExpositionWarnings) {
        self.names = names
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
        guard let name = names.metric(descriptor) else {
            warnings.warn(
                "the instrument '\(descriptor.name)' is not exposed: no character of its name is allowed in "
                    + "Prometheus; rename it",
                about: descriptor.name
            )
            return
        }
        if let place = places[name.sample], groups[place].kind == kind {
            groups[place].families.append(family)
            compare(descriptor, with: place)
            return
        }
        let wanted = Self.names(of: name, kind: kind)
        if let taken = wanted.first(where: { owners[$0] != nil }) {
            warnings.warn(
                "the \(kind) '\(descriptor.name)' is not exposed: its Prometheus name '\(taken)' belongs to "
                    + "'\(owners[taken] ?? "")'; rename one of them",
                about: "\(kind) \(descriptor.name)"
            )
            return
        }
        reserve(wanted, for: descriptor.name)
        places[name.sample] = groups.count
        groups.append(
            ExpositionGroup(
                name: name,
                kind: kind,
                help: descriptor.description,
                unit: descriptor.unit,
                families: [family]
            )
        )
    }

    /// Keeps the first of two descriptions or units, since neither makes a name ambiguous, and reports it.
    private mutating func compare(_ descriptor: InstrumentDescriptor, with place: Int) {
        let group = groups[place]
        if group.help.isEmpty {
            groups[place].help = descriptor.description
        } else if !descriptor.description.isEmpty, descriptor.description != group.help {
            warnings.warn(
                "the description of '\(descriptor.name)' is not exposed: '\(group.name.family)' has another "
                    + "one already; describe them alike or rename one of them",
                about: "description of \(descriptor.name)"
            )
        }
        if !group.unit.isEmpty, !descriptor.unit.isEmpty, descriptor.unit != group.unit {
            warnings.warn(
                "the unit '\(descriptor.unit)' of '\(descriptor.name)' is not exposed: "
                    + "'\(group.name.family)' is in '\(group.unit)' already; rename one of them",
                about: "unit of \(descriptor.name)"
            )
        }
    }

    /// The name of a family and those of its samples; a counter without a suffix has the one name alone.
    private static func names(of name: PrometheusName.Metric, kind: ExpositionGroup.Kind) -> [String] {
        let suffixes =
            switch kind {
            case .counter: name.sample == name.family ? [""] : ["", "_total", "_created"]
            case .gauge: [""]
            case .histogram: ["", "_bucket", "_count", "_sum", "_created"]
            }
        return suffixes.map { name.family + $0 }
    }
}
