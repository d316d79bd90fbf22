internal import GRDB
internal import PostmeterJournal
internal import Synchronization

/// Where dead letters are looked at and ordered about while the collector runs.
///
/// It reads the database and writes to the journal; what an order does, the fold does when it comes to it. Safe on
/// any thread.
final class DeadLetterDesk: Sendable {
    /// Bytes of envelopes that are held at a time, unless one alone is longer.
    private static let chunkBytes = 4 << 20

    private let store: Store
    private let journal: Journal
    private let isOrdering = Atomic<Bool>(false)

    init(store: Store, journal: Journal) {
        self.store = store
        self.journal = journal
    }

    /// A part of the list, the newest letters first.
    struct Page: Equatable, Sendable {
        var letters: [DeadLetterSummary]
        /// Where the next part begins; nil when there is none.
        var cursor: UInt64?
        /// The number of the first record of the journal that the database does not tell of.
        var folded: UInt64
    }

    /// What an order came to.
    struct Receipt: Equatable, Sendable {
        /// The letters that it is for, in the order of their numbers.
        var sequences: [UInt64]
        /// The order is done when the database tells of all records before this one.
        var position: UInt64
        /// The lowest number of the matching letters beyond the limit; nil when there are none.
        var next: UInt64?
    }

    /// Lists letters.
    func page(
        _ criteria: DeadLetterCriteria, below cursor: UInt64?, limit: Int
    ) async throws(DeadLetterRefusal) -> Page {
        try await read { db in
            var letters = try DeadLetterTable.newest(criteria, below: cursor, limit: limit + 1, in: db)
            let hasMore = letters.count > limit
            if hasMore { letters.removeLast() }
            return Page(
                letters: letters, cursor: hasMore ? letters.last?.sequence : nil,
                folded: try Store.sequence(in: db) ?? 1)
        }
    }

    /// The letter with a number.
    func letter(_ sequence: UInt64) async throws(DeadLetterRefusal) -> DeadLetter {
        let letter = try await read { db in try DeadLetterTable.letter(sequence, in: db) }
        guard let letter else { throw Self.missing(sequence, "sequence") }
        return letter
    }

    /// Writes an order for letters to the journal; returns when it is on disk.
    func order(
        _ action: DeadLetterOrder.Action, _ selection: DeadLetterSelection
    ) async throws(DeadLetterRefusal) -> Receipt {
        guard !isOrdering.exchange(true, ordering: .acquiring) else { throw .busy }
        defer { isOrdering.store(false, ordering: .releasing) }
        let chosen = try await chosen(selection)
        var letters = chosen.letters[...]
        var receipt = Receipt(sequences: letters.map(\.sequence), position: 1, next: chosen.next)
        var written = 0
        while !letters.isEmpty {
            let chunk = Self.chunk(of: letters, action)
            letters.removeFirst(chunk.count)
            let position = try await write(action, chunk, written: &written)
            receipt.position = max(receipt.position, position)
        }
        return receipt
    }

    private func chosen(
        _ selection: DeadLetterSelection
    ) async throws(DeadLetterRefusal) -> (letters: [DeadLetterSummary], next: UInt64?) {
        switch selection {
        case .numbers(let numbers):
            let found = try await read { db in
                try numbers.map { number in
                    var criteria = DeadLetterCriteria()
                    (criteria.from, criteria.to) = (number, number)
                    return try DeadLetterTable.oldest(criteria, limit: 1, in: db).first
                }
            }
            var letters: [DeadLetterSummary] = []
            for (number, letter) in zip(numbers, found) {
                guard let letter else { throw Self.missing(number, "sequences") }
                letters.append(letter)
            }
            return (letters, nil)
        case .matching(let criteria, let limit):
            var letters = try await read { db in
                try DeadLetterTable.oldest(criteria, limit: limit + 1, in: db)
            }
            let next = letters.count > limit ? letters.removeLast().sequence : nil
            return (letters, next)
        }
    }

    /// As many letters as are written at a time.
    private static func chunk(
        of letters: ArraySlice<DeadLetterSummary>, _ action: DeadLetterOrder.Action
    ) -> ArraySlice<DeadLetterSummary> {
        var bytes = 0
        let rest = letters.prefix(64)
        let end = rest.firstIndex { letter in
            bytes += action == .replay ? letter.bytes : 0
            return bytes > chunkBytes
        }
        return rest[..<max(rest.startIndex + 1, end ?? rest.endIndex)]
    }

    /// Writes orders and waits for the disk; returns the number after the last one's.
    private func write(
        _ action: DeadLetterOrder.Action, _ chunk: ArraySlice<DeadLetterSummary>, written: inout Int
    ) async throws(DeadLetterRefusal) -> UInt64 {
        var envelopes: [UInt64: [UInt8]] = [:]
        if action == .replay {
            let numbers = chunk.map(\.sequence)
            let letters = try await read { db in try DeadLetterTable.letters(numbers, in: db) }
            for letter in letters { envelopes[letter.sequence] = letter.envelope }
        }
        let (results, sink) = AsyncStream.makeStream(of: Result<JournalPosition, JournalError>.self)
        var waiting = 0
        for letter in chunk {
            // One that went meanwhile needs no order.
            guard action == .remove || envelopes[letter.sequence] != nil else { continue }
            let order = DeadLetterOrder(
                action: action, sequence: letter.sequence, acceptedAt: letter.acceptedAt)
            waiting += 1
            journal.append(
                kind: JournalKind.deadLetter.rawValue,
                order.encoded(envelope: envelopes[letter.sequence] ?? [])
            ) { sink.yield($0) }
        }
        var end: UInt64 = 1
        var refusal: JournalError?
        guard waiting > 0 else { return end }
        for await result in results {
            switch result {
            case .success(let position):
                end = max(end, position.sequence + 1)
                written += 1
            case .failure(let error): refusal = error
            }
            waiting -= 1
            if waiting == 0 { break }
        }
        if let refusal { throw .journal("\(refusal)", written: written) }
        return end
    }

    private func read<T: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws(DeadLetterRefusal) -> T {
        do {
            return try await store.pool.read(body)
        } catch {
            throw .database("\(error)")
        }
    }

    private static func missing(_ sequence: UInt64, _ field: String) -> DeadLetterRefusal {
        .wrong(
            status: 404,
            ConfigurationError(path: field, problem: "no dead letter has the number \(sequence)"))
    }
}
