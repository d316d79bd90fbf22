import PostmeterModel

extension MetricView {
    /// Why this view cannot be used, or nil.
    var fault: String? {
        if pattern.isEmpty { return "has no pattern" }
        if let name {
            if pattern.contains(where: { $0 == "*" || $0 == "?" }) {
                return "would give one name to all that match"
            }
            if let fault = InstrumentDescriptor(name: name, kind: .counter).namingFault { return fault }
        }
        if bounds != nil, exponential != nil { return "has both bounds and exponential limits" }
        if let bounds {
            let isAscending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
            if !isAscending || !bounds.allSatisfy(\.isFinite)
                || bounds.count > InstrumentDescriptor.boundsLimit
            {
                return
                    "has bounds that are not finite, ascending and at most \(InstrumentDescriptor.boundsLimit)"
            }
        }
        if let seriesLimit, seriesLimit < 1 { return "has a series limit below 1" }
        return nil
    }

    /// Whether the view is about an instrument.
    func matches(_ descriptor: InstrumentDescriptor) -> Bool {
        guard !descriptor.isDurable else { return false }
        if let kind, kind != descriptor.kind { return false }
        if let scope, scope != descriptor.scope.name { return false }
        return Self.matches(Array(descriptor.name.lowercased().utf8), Array(pattern.lowercased().utf8))
    }

    /// The instrument as it is recorded, and the places of the labels that it keeps.
    func applied(to descriptor: InstrumentDescriptor) -> (descriptor: InstrumentDescriptor, kept: [Int]) {
        var changed = descriptor
        if let name { changed.name = name }
        if let description { changed.description = description }
        if let seriesLimit { changed.seriesLimit = seriesLimit }
        let kept = descriptor.labels.indices.filter { index in
            let label = descriptor.labels[index]
            return (keptLabels?.contains(label) ?? true) && !droppedLabels.contains(label)
        }
        changed.labels = kept.map { descriptor.labels[$0] }
        changed.integerLabels = descriptor.integerLabels.filter(changed.labels.contains)
        if descriptor.kind == .histogram {
            if let bounds {
                changed.bounds = bounds
                changed.exponential = nil
            } else if let exponential {
                changed.bounds = []
                // The limits' properties can be set to anything.
                changed.exponential = ExponentialLimits(
                    maxSize: exponential.maxSize, maxScale: exponential.maxScale)
            }
        }
        return (changed, kept)
    }

    /// Tries a pattern in linear time but for one star, to which it goes back.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var at = 0
        var place = 0
        var star: (place: Int, at: Int)?
        while at < name.count {
            let next = place < pattern.count ? pattern[place] : nil
            if next == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
            } else if let next, next == UInt8(ascii: "?") || next == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                place = last.place + 1
                at = last.at + 1
            } else {
                return false
            }
        }
        return pattern.dropFirst(place).allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
