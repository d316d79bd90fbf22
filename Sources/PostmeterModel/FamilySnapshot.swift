/// All series of one instrument at one instant.
package struct FamilySnapshot: Sendable {
    /// The instrument.
    package let descriptor: InstrumentDescriptor
    /// What span of time the values cover; of no meaning for gauges.
    package let temporality: AggregationTemporality
    /// When its values began to count.
    package let startTime: UnixTime
    /// When the values of each series began to count; empty when `startTime` holds for all of them.
    package let startTimes: [UnixTime]
    /// Who each value belongs to.
    package let identities: [SeriesIdentity]
    /// The values, in the order of `identities`.
    package let values: SeriesValues
    /// The extremes of each distribution, in the order of `identities`; empty when they are not kept.
    package let extremes: [Extremes]
    /// Whether a negative value was ever put into each distribution, in the order of `identities`; empty when
    /// nothing is known but what buckets and extremes say.
    ///
    /// A difference has no extremes, and a bucket around 0 does not tell.
    package let negatives: [Bool]
    /// Sampled measurements, in the order of their series and buckets; few or none.
    package let exemplars: [Exemplar]
    /// Keeps the memory of the identities.
    package let owner: any AnyObject & Sendable

    package init(
        descriptor: InstrumentDescriptor, startTime: UnixTime, identities: [SeriesIdentity],
        values: SeriesValues, temporality: AggregationTemporality = .cumulative, startTimes: [UnixTime] = [],
        extremes: [Extremes] = [], negatives: [Bool] = [], exemplars: [Exemplar] = [],
        owner: any AnyObject & Sendable
    ) {
        self.descriptor = descriptor
        self.temporality = temporality
        self.startTime = startTime
        self.startTimes = startTimes
        self.identities = identities
        self.values = values
        self.extremes = extremes
        self.negatives = negatives
        self.exemplars = exemplars
        self.owner = owner
    }
}
