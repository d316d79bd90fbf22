import PostmeterModel

/// Writes one family in a text format: its metadata, then its samples, in as many steps as there is room for.
struct TextGroup {
    private let group: ExpositionGroup
    private let context: ExpositionContext
    private let scopes: [ScopeLabels]
    private let labelNames: [LabelNames]
    private let exponential: ExponentialEdges?
    private var distinct: DistinctLabels
    private var hasMetadata = false
    /// The place of the instrument whose samples are next.
    private var place = 0
    private var current: FamilyText?

    init(_ group: ExpositionGroup, _ context: ExpositionContext) {
        self.group = group
        self.context = context
        scopes = group.families.map(context.scopeLabels)
        labelNames = scopes.map { scope in
            LabelNames(names: context.names, reserved: scope.names + (group.kind == .histogram ? ["le"] : []))
        }
        exponential = ExponentialEdges(group.families)
        distinct = DistinctLabels(group, scopes: scopes, names: labelNames, warnings: context.warnings)
    }

    /// Appends until all is written, which is true, or `bytes` has reached `limit`.
    mutating func write(to bytes: inout [UInt8], until limit: Int) -> Bool {
        if !hasMetadata {
            appendMetadata(to: &bytes)
            hasMetadata = true
        }
        while place < group.families.count {
            var family =
                current
                ?? FamilyText(
                    group, place, labelNames[place], scopes[place], context, exponential: exponential,
                    isAsked: distinct.asks(place))
            current = nil
            guard family.write(to: &bytes, until: limit, &distinct) else {
                current = family
                return false
            }
            place += 1
        }
        return true
    }

    /// OpenMetrics wants TYPE, UNIT, HELP and the family's name without `_total`; text takes HELP first and
    /// knows the family by the name of its samples.
    private func appendMetadata(to bytes: inout [UInt8]) {
        let isOpen = context.format.isOpenMetrics
        let name = NameText.metadata(isOpen ? group.name.family : group.name.sample)
        var help: [UInt8] = []
        if !group.help.isEmpty {
            help += "# HELP \(name) ".utf8
            Escaping.append(Array(group.help.utf8), quotes: isOpen, to: &help)
            help.append(UInt8(ascii: "\n"))
        }
        if !isOpen { bytes += help }
        let isUnknown = isOpen && group.kind == .counter && !group.isTotal
        bytes += "# TYPE \(name) \(isUnknown ? "unknown" : group.kind.rawValue)\n".utf8
        guard isOpen else { return }
        if !group.name.unit.isEmpty { bytes += "# UNIT \(name) \(group.name.unit)\n".utf8 }
        bytes += help
    }
}
