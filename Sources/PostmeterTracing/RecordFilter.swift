/// Which keys a record has, told by 2,048 bits, two a key: a key that it denies is new.
///
/// The 64 bits in the header are soon all set, which then leads here. It is filled from the body when it is
/// asked, so that setting an attribute costs nothing more where nobody asks.
struct RecordFilter {
    /// The bytes that a filter takes in a slot.
    static let size = 256

    private let words: UnsafeMutablePointer<UInt64>

    init(at place: UnsafeMutableRawPointer) {
        words = place.assumingMemoryBound(to: UInt64.self)
    }

    /// Forgets all keys.
    func clear() {
        words.initialize(repeating: 0, count: Self.size / 8)
    }

    func insert(_ key: TextView) {
        let (first, second) = Self.bits(of: key)
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    func mayHold(_ key: TextView) -> Bool {
        let (first, second) = Self.bits(of: key)
        return words[first >> 6] >> UInt64(first & 63) & words[second >> 6] >> UInt64(second & 63) & 1 != 0
    }

    private static func bits(of key: TextView) -> (Int, Int) {
        let mixed = key.mixed
        return (Int(mixed >> 53), Int(mixed >> 42 & 2_047))
    }
}
