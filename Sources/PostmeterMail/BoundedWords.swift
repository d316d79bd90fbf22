import Synchronization

/// A set of words that grows to a limit and then says `other` for every new one.
///
/// What services name freely (steps, models, types of errors) becomes a label value only through such a set,
/// so that a mistake cannot make series without end. Any thread may ask; it is used where work is being
/// wrapped that takes far longer than its lock.
final class BoundedWords: Sendable {
    private struct State {
        var words: Set<String> = []
        var refused: UInt64 = 0
    }

    private let limit: Int
    private let other: String
    private let state = Mutex(State())

    /// A set of at most `limit` words besides `other`.
    init(limit: Int, other: String) {
        self.limit = limit
        self.other = other
    }

    /// The word itself while there is room for it, else `other`.
    func admit(_ word: String) -> String {
        state.withLock { state in
            if state.words.contains(word) || word == other { return word }
            guard state.words.count < limit, !word.isEmpty, word.utf8.count <= 128 else {
                state.refused += 1
                return other
            }
            state.words.insert(word)
            return word
        }
    }

    /// How often `other` was said for a word that found no room.
    var refused: UInt64 {
        state.withLock { $0.refused }
    }
}
