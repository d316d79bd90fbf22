/// All series of one instrument at one instant.
package struct FamilySnapshot: Sendable {
    /// The instrument.
    package let descriptor: InstrumentDescriptor
    /// When its cumulative values began to count.
    package let startTime: UnixTime
    /// Who each value belongs to.
    package let identities: [SeriesIdentity]
    /// The values, in the order of `identities`.
    package let values: SeriesValues
    /// Keeps the memory of the identities.
    package let owner: any AnyObject & Sendable

    package init(
        descriptor: InstrumentDescriptor, startTime: UnixTime, identities: [SeriesIdentity],
        values: SeriesValues, owner: any AnyObject & Sendable
    ) {
        self.descriptor = descriptor
        self.startTime = startTime
        self.identities = identities
        self.values = values
        self.owner = owner
    }
}
