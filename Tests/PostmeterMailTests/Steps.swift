import Synchronization

/// A clock that says what it was told to, and then its last word.
final class Steps: Sendable {
    private let words: [UInt64]
    private let place = Atomic<Int>(0)

    init(_ words: [UInt64]) {
        self.words = words
    }

    func next() -> UInt64 {
        let index = place.wrappingAdd(1, ordering: .relaxed).oldValue
        return words[min(index, words.count - 1)]
    }
}
