package import PostmeterModel
import Synchronization

extension MetricsRegistry {
    /// Reads all exported families that this audience is shown, as sums since the beginning.
    ///
    /// `includingDurable` is false while those families are not yet restored.
    package func snapshot(includingDurable: Bool = true, audience: Audience = .everyone) -> MetricsSnapshot {
        let (time, readings) = read(includingDurable: includingDurable, audience: audience)
        return MetricsSnapshot(time: time, families: readings.map(\.snapshot))
    }

    /// Reads the families for a snapshot or for a reader that makes differences of them.
    func read(includingDurable: Bool, audience: Audience) -> (time: UnixTime, families: [FamilyReading]) {
        for collect in state.withLock({ $0.collectors }) {
            collect()
        }
        let (families, durableStartTime) = state.withLock { ($0.families, $0.durableStartTime) }
        let time = max(now(), startTime)
        var reader = CellReader()
        var list: [FamilyReading] = []
        list.reserveCapacity(families.count)
        for family in families where family.isExported && family.descriptor.audience.includes(audience) {
            let isDurable = family.descriptor.isDurable
            guard includingDurable || !isDurable else { continue }
            let start = isDurable ? durableStartTime ?? startTime : startTime
            family.sweep(at: time)
            list.append(family.read(&reader, startTime: start))
        }
        torn.add(reader.torn, ordering: .relaxed)
        return (time, list)
    }
}

extension FamilyStorage {
    /// The family's series with their values now, and those that have been removed.
    ///
    /// A removal between the two would count what it found in the cells twice or not at all, so the reading is made
    /// anew, and at last while nothing can be removed.
    func read(_ reader: inout CellReader, startTime: UnixTime) -> FamilyReading {
        if let observation {
            return FamilyReading(
                storage: self, snapshot: observation.run(in: self, startTime: startTime), retired: [])
        }
        for _ in 0..<3 {
            if let reading = readUndisturbed(&reader, startTime: startTime) { return reading }
        }
        // The lock of `removing` is held for no longer than a removal takes.
        while true {
            if let reading = removing.withLock({ _ in readUndisturbed(&reader, startTime: startTime) }) {
                return reading
            }
        }
    }

    private func readUndisturbed(_ reader: inout CellReader, startTime: UnixTime) -> FamilyReading? {
        let before = state.withLock { $0.removals }
        let snapshot = snapshot(&reader, startTime: startTime)
        let (after, retired, times) = state.withLock { ($0.removals, $0.retired, $0.startTimes) }
        guard before == after else { return nil }
        return FamilyReading(
            storage: self, snapshot: Self.dated(snapshot, times), retired: retired)
    }

    /// The snapshot with the start times of its series where those are not all the same.
    private static func dated(_ snapshot: FamilySnapshot, _ times: [UnixTime?]) -> FamilySnapshot {
        guard snapshot.descriptor.kind != .gauge, times.contains(where: { $0 != nil }) else {
            return snapshot
        }
        return FamilySnapshot(
            descriptor: snapshot.descriptor, startTime: snapshot.startTime, identities: snapshot.identities,
            values: snapshot.values, temporality: snapshot.temporality,
            // Series that were made after the values were read come last.
            startTimes: times.prefix(snapshot.identities.count).map { $0 ?? snapshot.startTime },
            extremes: snapshot.extremes, exemplars: snapshot.exemplars, owner: snapshot.owner)
    }
}
