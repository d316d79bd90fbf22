import PostmeterModel

/// Keeps encoded attributes where a snapshot can point to them; each in memory of its own, to the byte.
final class IdentityMemory: Sendable {
    let identities: [SeriesIdentity]

    init(_ series: [[Attribute]], field: AttributeField) {
        identities = series.map { attributes in
            let encoded = EncodedAttributes(attributes, for: field).bytes
            let start = UnsafeMutableRawPointer.allocate(byteCount: encoded.count, alignment: 1)
            encoded.withUnsafeBytes {
                start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
            }
            return SeriesIdentity(start: start, count: encoded.count)
        }
    }

    deinit {
        for identity in identities { UnsafeMutableRawPointer(mutating: identity.start).deallocate() }
    }
}

extension FamilySnapshot {
    /// A family whose series have these attributes; `values` are in the same order.
    static func make(
        _ descriptor: InstrumentDescriptor,
        _ series: [[Attribute]],
        _ values: SeriesValues,
        start: UnixTime = UnixTime(seconds: 1_700_000_000),
        temporality: AggregationTemporality = .cumulative,
        startTimes: [UnixTime] = [],
        extremes: [Extremes] = [],
        negatives: [Bool] = [],
        exemplars: [Exemplar] = []
    ) -> FamilySnapshot {
        let memory = IdentityMemory(series, field: descriptor.attributeField)
        return FamilySnapshot(
            descriptor: descriptor,
            startTime: start,
            identities: memory.identities,
            values: values,
            temporality: temporality,
            startTimes: startTimes,
            extremes: extremes,
            negatives: negatives,
            exemplars: exemplars,
            owner: memory
        )
    }
}

extension MetricsSnapshot {
    /// A snapshot at 60 seconds after the default start of a family.
    static func make(_ families: [FamilySnapshot]) -> MetricsSnapshot {
        MetricsSnapshot(time: UnixTime(seconds: 1_700_000_060), families: families)
    }
}
