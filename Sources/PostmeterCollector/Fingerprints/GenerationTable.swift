/// A hash table of the fingerprints of one generation, each with a word in a log that has words: linear probing.
///
/// The keys are outputs of a keyed hash: a key's place goes by its high bits as they are, so the places in
/// order hold the keys nearly in order, and sorting them is one pass. 8 bytes a place, or 16 with words; at
/// most three quarters of the places are used.
struct GenerationTable: ~Copyable {
    /// Words of an entry: 1 is a key alone, 2 a key and its word.
    let width: Int
    /// The number of keys.
    private(set) var count = 0
    private var words: UnsafeMutablePointer<UInt64>
    /// The base-2 logarithm of the number of places.
    private var bits: Int

    /// An empty table with places for `capacity` keys.
    init(width: Int, capacity: Int = 0) {
        var bits = 10
        while Self.most(bits) < capacity { bits += 1 }
        self.bits = bits
        self.width = width
        words = UnsafeMutablePointer<UInt64>.allocate(capacity: width << bits)
        words.initialize(repeating: 0, count: width << bits)
    }

    deinit {
        words.deallocate()
    }

    /// Memory of the places in bytes.
    var bytes: Int { 8 * width << bits }

    /// The word of a key, 0 in a table without words, or nil when the key is not there; the key 0 counts as 1.
    subscript(key: UInt64) -> UInt64? {
        let place = place(of: max(key, 1))
        guard words[place] != 0 else { return nil }
        return width == 1 ? 0 : words[place + 1]
    }

    /// Puts a word under a key; true when the key was not there before.
    mutating func set(_ value: UInt64, for key: UInt64) -> Bool {
        let key = max(key, 1)
        let place = place(of: key)
        if width == 2 { words[place + 1] = value }
        guard words[place] == 0 else { return false }
        words[place] = key
        count += 1
        if count > Self.most(bits) { grow() }
        return true
    }

    /// Takes every key out and keeps the memory.
    mutating func removeAll() {
        words.update(repeating: 0, count: width << bits)
        count = 0
    }

    /// Calls `body` with every key and its word, nearly in order of the keys.
    func forEach(_ body: (UInt64, UInt64) -> Void) {
        for place in stride(from: 0, to: width << bits, by: width) where words[place] != 0 {
            body(words[place], width == 1 ? 0 : words[place + 1])
        }
    }

    /// The entries by rising key, `width` words each.
    func sorted() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: count * width) { out, filled in
            // A run of keys that went over the end goes on at the beginning: those are the largest.
            var wrapped = 0
            while wrapped < 1 << bits, words[wrapped * width] != 0 { wrapped += 1 }
            for place in 0..<(1 << bits) where words[place * width] != 0 {
                if place < wrapped, home(of: words[place * width]) > place { continue }
                insert(place, into: out, &filled)
            }
            for place in 0..<wrapped where home(of: words[place * width]) > place {
                insert(place, into: out, &filled)
            }
        }
    }

    /// Moves what is larger up by one; a key is never far from where it belongs.
    private func insert(_ place: Int, into out: UnsafeMutableBufferPointer<UInt64>, _ filled: inout Int) {
        let key = words[place * width]
        var at = filled
        while at > 0, out[at - width] > key {
            out[at] = out[at - width]
            if width == 2 { out[at + 1] = out[at - 1] }
            at -= width
        }
        out[at] = key
        if width == 2 { out[at + 1] = words[place * width + 1] }
        filled += width
    }

    private func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: key >> UInt64(64 - bits))
    }

    /// Where a key stands, or where it would: an index of a word.
    private func place(of key: UInt64) -> Int {
        let mask = 1 << bits - 1
        var place = home(of: key)
        while words[place * width] != 0, words[place * width] != key { place = (place + 1) & mask }
        return place * width
    }

    private static func most(_ bits: Int) -> Int { 1 << bits / 4 * 3 }

    private mutating func grow() {
        var larger = GenerationTable(width: width, capacity: Self.most(bits) + 1)
        forEach { _ = larger.set($1, for: $0) }
        swap(&self, &larger)
    }
}
