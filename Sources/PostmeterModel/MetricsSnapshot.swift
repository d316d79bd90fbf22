/// All points of a registry at one instant: what an exporter encodes.
package struct MetricsSnapshot: Sendable {
    /// When the cells were read.
    package let time: UnixTime
    /// The instruments in the order they were made; those without series included.
    package let families: [FamilySnapshot]

    package init(time: UnixTime, families: [FamilySnapshot]) {
        self.time = time
        self.families = families
    }
}
