internal import CPrimitives

/// The filters of all volumes of a log, to be asked at once.
struct FingerprintFilters: ~Copyable {
    /// Filters that can be asked at once.
    static let limit = 64

    private let filters = UnsafeMutablePointer<UnsafePointer<UInt64>?>.allocate(capacity: limit)
    private let blocks: UInt64
    private(set) var count = 0

    init(blocks: UInt64) {
        self.blocks = blocks
    }

    deinit {
        filters.deallocate()
    }

    /// Asks for the memory of a key's bits, so that it comes while something else is done.
    func prefetch(_ key: UInt64) {
        pm_filters_prefetch(filters, count, blocks, key)
    }

    /// Which volumes may hold a key, as bits by their index; a clear bit is certain.
    func probe(_ key: UInt64) -> UInt64 {
        pm_filters_probe(filters, count, blocks, key)
    }

    /// Takes the filters of volumes; the volumes must live as long as they are asked.
    mutating func set(_ volumes: [FingerprintVolume]) {
        count = min(volumes.count, Self.limit)
        for index in 0..<count { filters[index] = UnsafePointer(volumes[index].filter) }
    }
}
