/// A hash table of 64-bit fingerprints, each with a word that belongs to it: linear probing, no tombstones.
///
/// The keys are outputs of a keyed hash, so their low bits are used as they are. 16 bytes a place, or 8 in a
/// table without words, where each word is 0; at most three quarters of the places are used.
struct FingerprintTable {
    private var keys: [UInt64]
    /// Empty in a table without words.
    private var values: [UInt64]
    private let hasWords: Bool
    private var mask: Int
    /// The number of keys.
    private(set) var count = 0

    init(capacity: Int = 1_024, hasWords: Bool = true) {
        var places = 1_024
        while places / 4 * 3 < capacity { places *= 2 }
        keys = Array(repeating: 0, count: places)
        values = hasWords ? Array(repeating: 0, count: places) : []
        self.hasWords = hasWords
        mask = places - 1
    }

    /// The word of a key, or nil when the key is not there; the key 0 counts as 1.
    subscript(key: UInt64) -> UInt64? {
        let key = max(key, 1)
        var place = Int(truncatingIfNeeded: key) & mask
        while keys[place] != 0 {
            if keys[place] == key { return hasWords ? values[place] : 0 }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Puts a word under a key; true when the key was not there before.
    mutating func set(_ value: UInt64, for key: UInt64) -> Bool {
        let key = max(key, 1)
        var place = Int(truncatingIfNeeded: key) & mask
        while keys[place] != 0 {
            if keys[place] == key {
                if hasWords { values[place] = value }
                return false
            }
            place = (place + 1) & mask
        }
        keys[place] = key
        if hasWords { values[place] = value }
        count += 1
        if count > keys.count / 4 * 3 { grow() }
        return true
    }

    /// Takes a key out, and closes the gap so that later keys of its run are still found.
    mutating func remove(_ key: UInt64) {
        let key = max(key, 1)
        var gap = Int(truncatingIfNeeded: key) & mask
        while keys[gap] != key {
            if keys[gap] == 0 { return }
            gap = (gap + 1) & mask
        }
        count -= 1
        var place = (gap + 1) & mask
        while keys[place] != 0 {
            let home = Int(truncatingIfNeeded: keys[place]) & mask
            // A key may move back to the gap unless its home lies between the gap and where it stands.
            if (place - home) & mask >= (place - gap) & mask {
                keys[gap] = keys[place]
                if hasWords { values[gap] = values[place] }
                gap = place
            }
            place = (place + 1) & mask
        }
        keys[gap] = 0
    }

    private mutating func grow() {
        var larger = FingerprintTable(capacity: keys.count, hasWords: hasWords)
        for place in keys.indices where keys[place] != 0 {
            _ = larger.set(hasWords ? values[place] : 0, for: keys[place])
        }
        self = larger
    }
}
