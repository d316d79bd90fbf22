/// What the fold waits for: keys, each with a word, and the time since which each waits.
///
/// Entries leave when what they wait for comes, or in the order they came when they have waited too long, or
/// when there are too many. Times are accepted-at times, so the same journal lets the same entries go at the same
/// records.
struct WaitingTable {
    /// Which of the database's tables this is.
    enum Name: String, CaseIterable {
        /// Received mails that nobody has answered, by their Message-ID.
        case conversations
        /// The newest such mail of each thread.
        case threads
        /// Mails sent without an outcome.
        case outcomes
        /// Mails sent without an outcome for too long.
        case missing
        /// How many mails came in a thread lately.
        case rates
        /// Numbers of events that were skipped and have not come.
        case numbers
        /// The highest number of each endpoint's events, which does not wait and never leaves.
        case sequences
    }

    /// One entry as it stands in a batch and in the queue.
    struct Entry: Equatable {
        var key: UInt64
        var word: UInt64
        /// Since when it waits, in nanoseconds of accepted-at.
        var since: UInt64
    }

    let name: Name
    /// How many entries wait at the most.
    let limit: Int
    /// Entries that had to leave because there were too many.
    private(set) var evicted: UInt64 = 0

    /// The number of each key's entry in the order they came.
    private var numbers = FingerprintTable(hasWords: true)
    /// The entries in that order; one that left has the time 0.
    private var queue: [Entry] = []
    /// The number of the first entry of `queue`, and the place of the first that may be live.
    private var first: UInt64 = 0
    private var head = 0
    /// What the next checkpoint writes: key, word and time in turn; the time 0 takes the key out.
    private var pending: [UInt64] = []
    private var writesAll = false
    /// Entries on disk, live or not.
    private var written = 0

    init(name: Name, limit: Int) {
        self.name = name
        self.limit = max(1, limit)
    }

    /// The number of keys that wait.
    var count: Int { numbers.count }

    /// The word of a key; nil when it does not wait.
    subscript(key: UInt64) -> UInt64? {
        place(of: key).map { queue[$0].word }
    }

    /// Since when the oldest entry waits; nil when none does.
    mutating func oldest() -> UInt64? {
        skipDead()
        return head < queue.count ? queue[head].since : nil
    }

    /// Lets a key wait, or changes its word; a key that waits already goes on waiting since when it did.
    ///
    /// - Returns: the oldest entry, when it had to leave to make room.
    mutating func set(_ word: UInt64, for key: UInt64, since time: UInt64) -> Entry? {
        let key = max(key, 1)
        if let place = place(of: key) {
            queue[place].word = word
            note(queue[place])
            return nil
        }
        let entry = Entry(key: key, word: word, since: max(time, 1))
        _ = numbers.set(first &+ UInt64(queue.count), for: key)
        queue.append(entry)
        note(entry)
        guard numbers.count > limit else { return nil }
        evicted += 1
        return popOldest()
    }

    /// Takes a key out; its word, or nil when it did not wait.
    mutating func remove(_ key: UInt64) -> UInt64? {
        guard let place = place(of: key) else { return nil }
        return take(place).word
    }

    /// Takes out the oldest entry when it has waited since before `time`.
    mutating func popExpired(before time: UInt64) -> Entry? {
        skipDead()
        guard head < queue.count, queue[head].since < time else { return nil }
        return take(head)
    }

    /// Calls `body` with the word of each key that waits.
    func forEachWord(_ body: (UInt64) -> Void) {
        for entry in queue[head...] where entry.since != 0 { body(entry.word) }
    }

    private mutating func popOldest() -> Entry? {
        skipDead()
        return head < queue.count ? take(head) : nil
    }

    private func place(of key: UInt64) -> Int? {
        numbers[key].map { Int($0 &- first) }
    }

    private mutating func take(_ place: Int) -> Entry {
        let entry = queue[place]
        numbers.remove(entry.key)
        queue[place].since = 0
        note(queue[place])
        return entry
    }

    private mutating func note(_ entry: Entry) {
        pending.append(entry.key)
        pending.append(entry.word)
        pending.append(entry.since)
    }

    private mutating func skipDead() {
        while head < queue.count, queue[head].since == 0 { head += 1 }
        guard head > 4_096, head > queue.count / 2 else { return }
        queue.removeFirst(head)
        first &+= UInt64(head)
        head = 0
    }
}

/// The way to the database and back.
extension WaitingTable {
    /// What one checkpoint writes.
    struct Batch: Equatable {
        /// Whether all batches before it are void.
        var replacesAll: Bool
        var words: [UInt64]
    }

    /// What the next checkpoint is to write; nil when nothing changed.
    mutating func takeBatch() -> Batch? {
        guard !pending.isEmpty else { return nil }
        // Most of what is on disk is void by then: all that lives is written anew, and the rest deleted.
        if written + pending.count / 3 > 4 * count + 65_536 { writesAll = true }
        guard writesAll else { return Batch(replacesAll: false, words: pending) }
        skipDead()
        var all: [UInt64] = []
        all.reserveCapacity(3 * count)
        for entry in queue[head...] where entry.since != 0 {
            all.append(entry.key)
            all.append(entry.word)
            all.append(entry.since)
        }
        return Batch(replacesAll: true, words: all)
    }

    /// Says that a checkpoint holds the batch that was taken last.
    mutating func didSave(_ batch: Batch) {
        written = (batch.replacesAll ? 0 : written) + batch.words.count / 3
        pending.removeAll(keepingCapacity: pending.count < 1 << 16)
        writesAll = false
    }

    /// Takes back a batch, oldest first.
    mutating func restore(_ batch: Batch) {
        for place in stride(from: 0, to: batch.words.count - 2, by: 3) {
            let key = batch.words[place]
            if batch.words[place + 2] == 0 {
                _ = remove(key)
            } else {
                _ = set(batch.words[place + 1], for: key, since: batch.words[place + 2])
            }
        }
        written += batch.words.count / 3
        pending.removeAll(keepingCapacity: true)
    }
}
