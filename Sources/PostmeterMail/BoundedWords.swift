import Synchronization

/// A set of words that grows to a limit and then answers `other` for every new one.
///
/// What services name freely (steps, models, types of errors) becomes a label value only through such a set,
/// so that a mistake cannot make series without end. What is kept of a word is made once, when it is new. Any
/// thread may ask; it is used where work is being wrapped that takes far longer than its lock.
final class BoundedWords<Entry: Sendable>: Sendable {
    private struct State {
        var entries: [String: Entry] = [:]
        var refused: UInt64 = 0
    }

    private let limit: Int
    private let other: String
    private let otherEntry: Entry
    private let make: @Sendable (String) -> Entry
    private let state = Mutex(State())

    /// A set of at most `limit` words besides `other`, which keeps of each what `make` makes of it.
    init(limit: Int, other: String, make: @escaping @Sendable (String) -> Entry) {
        self.limit = limit
        self.other = other
        self.make = make
        otherEntry = make(other)
    }

    /// The entry of the word while there is room for it, else that of `other`.
    ///
    /// No room is ever found for the empty word, for one of more than 128 bytes, and for one that holds a mail
    /// address.
    func admit(_ word: String) -> Entry {
        state.withLock { state in
            if let entry = state.entries[word] { return entry }
            if word == other { return otherEntry }
            guard state.entries.count < limit, Self.isWord(word) else {
                state.refused += 1
                return otherEntry
            }
            let entry = make(word)
            state.entries[word] = entry
            return entry
        }
    }

    /// How often `other` was answered for a word that found no room.
    var refused: UInt64 {
        state.withLock { $0.refused }
    }

    private static func isWord(_ word: String) -> Bool {
        guard !word.isEmpty, word.utf8.count <= 128 else { return false }
        var word = word
        return word.withUTF8 { !AddressBytes.hold(address: $0) }
    }
}

extension BoundedWords where Entry == String {
    /// A set of at most `limit` words besides `other`.
    convenience init(limit: Int, other: String) {
        self.init(limit: limit, other: other) { $0 }
    }
}
