import Synchronization

/// How many series there may be: of one family, or of those that have all but their labels in common.
final class SeriesBudget: Sendable {
    /// The most series.
    let limit: Int
    /// Those that are there or about to be made.
    private let taken = Atomic(0)
    /// Those that can be found.
    private let made = Atomic(0)
    private let overflowOwner = Mutex(Owner())

    /// The family that has the overflow series; not kept, because a family keeps its budget.
    private struct Owner: Sendable {
        weak var family: FamilyStorage?
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether there are as many series as may be, all of which can be found.
    var isFull: Bool { made.load(ordering: .acquiring) >= limit }

    /// Takes room for one series, even beyond the limit if need be; false when there is none.
    func take(beyondLimit: Bool) -> Bool {
        var present = taken.load(ordering: .relaxed)
        while beyondLimit || present < limit {
            let (isDone, found) = taken.compareExchange(
                expected: present, desired: present + 1, ordering: .relaxed)
            if isDone { return true }
            present = found
        }
        return false
    }

    /// Says that the series for which room was taken is made or has failed.
    func settle(isMade: Bool) {
        if isMade {
            made.add(1, ordering: .releasing)  // pairs with the load in `isFull`
        } else {
            taken.subtract(1, ordering: .relaxed)
        }
    }

    /// The family whose overflow series serves all: the first one that comes.
    func overflowOwner(_ candidate: FamilyStorage) -> FamilyStorage {
        overflowOwner.withLock { owner in
            if let family = owner.family { return family }
            owner.family = candidate
            return candidate
        }
    }

    /// Gives back the room of series that have been removed.
    func release(_ count: Int) {
        made.subtract(count, ordering: .relaxed)
        taken.subtract(count, ordering: .relaxed)
    }
}
