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
            list.append(family.read(&reader, startTime: start))
        }
        torn.add(reader.torn, ordering: .relaxed)
        return (time, list)
    }
}

extension FamilyStorage {
    /// The family's series with their values now, and those that have been removed.
    func read(_ reader: inout CellReader, startTime: UnixTime) -> FamilyReading {
        if let observation {
            return FamilyReading(
                storage: self, snapshot: observation.run(in: self, startTime: startTime), retired: [])
        }
        return FamilyReading(
            storage: self, snapshot: snapshot(&reader, startTime: startTime),
            retired: state.withLock { $0.retired })
    }
}
