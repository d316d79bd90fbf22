/// Which dead letters are kept, and what of them the next checkpoint writes.
///
/// The letters are in the database; memory holds a few bytes of each, and whole those that no checkpoint holds
/// yet. All rules look at the letters and at accepted-at times alone, so that the same journal keeps the same
/// letters wherever its checkpoints fall.
struct DeadLetterShelf {
    /// How much is kept; past it the oldest letters go.
    struct Limits: Sendable, Hashable {
        /// Letters at the most.
        var count = 10_000
        /// Bytes of all envelopes at the most.
        var bytes = 256 << 20
        /// How long a letter is kept after it was accepted, in nanoseconds.
        var age: UInt64 = 30 * 86_400 * 1_000_000_000
    }

    /// A letter that is kept.
    struct Place: Equatable {
        var sequence: UInt64
        /// Nanoseconds since the Unix epoch.
        var acceptedAt: UInt64
        /// Bytes of its envelope.
        var bytes: Int
    }

    /// How many letters were given up, by the limit that they were past.
    struct Drops: Equatable {
        var age = 0
        var bytes = 0
        var count = 0

        /// All of them.
        var total: Int { age + bytes + count }
    }

    var limits = Limits()
    /// Bytes of the envelopes that are kept.
    private(set) var bytes = 0
    /// Letters in the order of their numbers; the first `head` are gone.
    private var places: [Place] = []
    private var head = 0

    /// What the next checkpoint adds, in the order of numbers.
    private(set) var added: [DeadLetter] = []
    private var retriesByNumber: [UInt64: DeadLetterRetry] = [:]
    /// The numbers of letters that the next checkpoint removes.
    private(set) var removed: [UInt64] = []

    /// How many letters are kept.
    var count: Int { places.count - head }

    /// What the next checkpoint changes of letters that an earlier one wrote, in the order of numbers.
    var retries: [DeadLetterRetry] {
        retriesByNumber.values.sorted { $0.sequence < $1.sequence }
    }

    /// When time must have passed for a letter to go, in nanoseconds since the Unix epoch; nil when there is none.
    ///
    /// A minute later than it may, so that one passing of time is for many letters.
    var deadline: UInt64? {
        head < places.count ? places[head].acceptedAt + limits.age + 60_000_000_000 : nil
    }

    /// Whether a letter with this number is kept; O(log letters).
    func holds(_ sequence: UInt64) -> Bool {
        index(of: sequence) != nil
    }

    /// Takes over what a checkpoint holds, in the order of numbers.
    mutating func restore(_ kept: [Place]) {
        places = kept
        head = 0
        bytes = kept.reduce(0) { $0 + $1.bytes }
    }

    /// Keeps a letter, whose number is above all others'.
    mutating func add(_ letter: DeadLetter) {
        places.append(
            Place(sequence: letter.sequence, acceptedAt: letter.acceptedAt, bytes: letter.envelope.count))
        bytes += letter.envelope.count
        added.append(letter)
    }

    /// Notes that a letter was decoded again in vain; nothing when it is not kept any more.
    mutating func retry(_ sequence: UInt64, reason: String, detail: String, at time: UInt64) {
        guard holds(sequence) else { return }
        if let place = pendingIndex(of: sequence) {
            added[place].reason = reason
            added[place].detail = detail
            added[place].tries += 1
            added[place].triedAt = time
            return
        }
        let tries = (retriesByNumber[sequence]?.tries ?? 0) + 1
        retriesByNumber[sequence] = DeadLetterRetry(
            sequence: sequence, reason: reason, detail: detail, tries: tries, triedAt: time)
    }

    /// Gives a letter up; false when it is not kept.
    mutating func remove(_ sequence: UInt64) -> Bool {
        guard let index = index(of: sequence) else { return false }
        forget(places[index])
        places.remove(at: index)
        return true
    }

    /// Gives up the oldest letters past the limits.
    ///
    /// - Parameter time: The accepted-at time of what is folded, in nanoseconds since the Unix epoch.
    mutating func trim(at time: UInt64) -> Drops {
        var drops = Drops()
        while head < places.count {
            let oldest = places[head]
            if oldest.acceptedAt < time, time - oldest.acceptedAt > limits.age {
                drops.age += 1
            } else if bytes > limits.bytes {
                drops.bytes += 1
            } else if count > limits.count {
                drops.count += 1
            } else {
                break
            }
            forget(oldest)
            head += 1
        }
        if head > 1_024, head > places.count / 2 {
            places.removeFirst(head)
            head = 0
        }
        return drops
    }

    /// Says that a checkpoint holds what was pending.
    mutating func didSave() {
        added.removeAll()
        retriesByNumber.removeAll()
        removed.removeAll()
    }

    /// Sees to it that the next checkpoint does not hold a letter.
    private mutating func forget(_ place: Place) {
        bytes -= place.bytes
        if let index = pendingIndex(of: place.sequence) {
            added.remove(at: index)
        } else {
            retriesByNumber[place.sequence] = nil
            removed.append(place.sequence)
        }
    }

    private func pendingIndex(of sequence: UInt64) -> Int? {
        guard let first = added.first, first.sequence <= sequence else { return nil }
        return added.firstIndex { $0.sequence == sequence }
    }

    private func index(of sequence: UInt64) -> Int? {
        var low = head
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low].sequence == sequence ? low : nil
    }
}
