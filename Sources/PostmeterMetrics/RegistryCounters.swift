/// The cells in which a registry counts what it could not take, for all its families.
struct RegistryCounters {
    /// Measurements that an instrument refused.
    let refused: UInt32
    /// Look-ups that ended at an overflow series.
    let overflowed: UInt32
    /// Series that were not removed though they should have been.
    let refusedRemovals: UInt32

    init(space: CellSpace) {
        refused = space.reserve(upTo: 1, width: 1, for: .single)?.first ?? 0
        overflowed = space.reserve(upTo: 1, width: 1, for: .single)?.first ?? 0
        refusedRemovals = space.reserve(upTo: 1, width: 1, for: .single)?.first ?? 0
    }
}
