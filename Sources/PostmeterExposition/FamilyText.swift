import PostmeterModel

/// Writes the samples of one instrument in a text format, in as many steps as there is room for.
struct FamilyText {
    let group: ExpositionGroup
    let context: ExpositionContext
    let family: FamilySnapshot
    let labelNames: LabelNames
    let scope: ScopeLabels
    /// The bounds of exponential histograms, which those of the whole group have in common.
    let exponential: ExponentialEdges?
    /// The place of the instrument in its group.
    let place: Int
    /// Whether each series must be asked for whether it is there already.
    let isAsked: Bool
    /// Composes whole lines up to the value; nil for histograms and where keys do not become labels one by one.
    let lines: LineTemplate?
    /// Composes the labels alone; nil where keys do not become labels one by one.
    let labels: LineTemplate?
    /// What stands before and behind the labels of a value.
    let sample: SampleText
    /// The same of the time when a series began.
    let createdSample: SampleText
    var exemplars: ExemplarCursor
    /// The next series.
    var next = 0
    /// Room for the labels of one series.
    var scratch: [UInt8] = []

    init(
        _ group: ExpositionGroup,
        _ place: Int,
        _ labelNames: LabelNames,
        _ scope: ScopeLabels,
        _ context: ExpositionContext,
        exponential: ExponentialEdges?,
        isAsked: Bool
    ) {
        self.group = group
        self.context = context
        self.place = place
        self.labelNames = labelNames
        self.scope = scope
        self.exponential = exponential
        self.isAsked = isAsked
        family = group.families[place]
        let keys = family.descriptor.labels
        let field = family.descriptor.attributeField
        let scopeText = String(decoding: scope.text, as: UTF8.self)
        let separated = scopeText.isEmpty ? "" : "," + scopeText
        let isHistogram = group.kind == .histogram
        let hasCreated = context.options.includesCreated && context.format.isOpenMetrics
        sample = SampleText(group.name.sample)
        createdSample = SampleText(group.name.family + "_created")
        let opening = NameText.opening(group.name.sample)
        let alone = scopeText.isEmpty ? NameText.alone(group.name.sample) : opening + scopeText + "} "
        lines =
            isHistogram || hasCreated && group.isTotal
            ? nil
            : LineTemplate(
                keys: keys, names: labelNames, field: field, prefix: opening,
                suffix: keys.isEmpty ? alone : separated + "} ")
        labels = LineTemplate(
            keys: keys, names: labelNames, field: field, prefix: "",
            suffix: keys.isEmpty ? scopeText : separated)
        // OpenMetrics has exemplars on counters and histograms.
        let hasExemplars = context.format.isOpenMetrics && (isHistogram || group.isTotal)
        exemplars = ExemplarCursor(hasExemplars ? family.exemplars : [])
    }

    /// Appends until all is written, which is true, or `bytes` has reached `limit`.
    mutating func write(to bytes: inout [UInt8], until limit: Int, _ distinct: inout DistinctLabels) -> Bool {
        defer { withExtendedLifetime(family.owner) {} }
        switch family.values {
        case .integers(let values):
            return writeNumbers(values, to: &bytes, until: limit, &distinct)
        case .doubles(let values):
            return writeNumbers(values, to: &bytes, until: limit, &distinct)
        case .histograms(let counts, let sums):
            return writeHistograms(counts: counts, sums: sums, to: &bytes, until: limit, &distinct)
        case .exponentials(let points):
            guard let exponential else { return true }
            return writeExponentials(points, at: exponential, to: &bytes, until: limit, &distinct)
        }
    }

    /// When the series began to count, as text; nil where no `_created` is wanted or nothing is known.
    func created(_ index: Int) -> [UInt8]? {
        guard context.options.includesCreated, context.format.isOpenMetrics else { return nil }
        let time = index < family.startTimes.count ? family.startTimes[index] : family.startTime
        guard time.nanoseconds > 0 else { return nil }
        var text: [UInt8] = []
        ExemplarText.append(time, to: &text)
        return text
    }

    /// Puts the labels of a series into `scratch`, those of its scope included.
    mutating func composeLabels(_ index: Int) {
        let identity = family.identities[index]
        scratch.removeAll(keepingCapacity: true)
        var isComposed = false
        labels?.withComposer { composer in
            let room = composer.room + identity.count
            scratch.append(addingCapacity: room) { span in
                span.withUnsafeMutableBufferPointer { buffer, count in
                    guard let start = UnsafeMutableRawPointer(buffer.baseAddress),
                        let end = composer.write(identity, to: start)
                    else { return }
                    count = end - start
                    isComposed = true
                }
            }
        }
        guard !isComposed else { return }
        LabelSet(identity.bytes, names: labelNames).append(to: &scratch)
        if !scratch.isEmpty, !scope.text.isEmpty { scratch.append(UInt8(ascii: ",")) }
        scratch += scope.text
    }
}
