/// All that the fold waits for, and for how long.
struct Waiting {
    /// How many mails of each kind are waited for at the most.
    static let limit = 500_000

    var conversations = WaitingTable(name: .conversations, limit: limit)
    var threads = WaitingTable(name: .threads, limit: limit)
    var outcomes = WaitingTable(name: .outcomes, limit: limit)
    var missing = WaitingTable(name: .missing, limit: limit)
    var rates = WaitingTable(name: .rates, limit: limit)
    var numbers = WaitingTable(name: .numbers, limit: limit)
    var sequences = WaitingTable(name: .sequences, limit: limit)
    var agents = AgentNumbers()
    /// The second of accepted-at for which overdue waits were ended last.
    var second: UInt64 = 0

    /// How many entries each table has, and how many it let go because there were too many.
    var figures: [(name: WaitingTable.Name, count: Int, evicted: UInt64)] {
        var figures: [(name: WaitingTable.Name, count: Int, evicted: UInt64)] = []
        for table in [conversations, threads, outcomes, missing, rates, numbers] {
            figures.append((table.name, table.count, table.evicted))
        }
        return figures
    }

    /// Calls `body` with each table.
    mutating func forEach(_ body: (inout WaitingTable) -> Void) {
        body(&conversations)
        body(&threads)
        body(&outcomes)
        body(&missing)
        body(&rates)
        body(&numbers)
        body(&sequences)
    }

    /// The time before which nothing that waits is overdue; nil when nothing waits.
    mutating func nextDeadline(_ watch: FoldSettings.Watch) -> UInt64? {
        // Threads and rates only make room when they go: no figure rests on when.
        let waits: [(UInt64?, UInt64)] = [
            (conversations.oldest(), watch.conversationTimeout), (outcomes.oldest(), watch.outcomeTimeout),
            (missing.oldest(), Fold.memory), (numbers.oldest(), Fold.memory),
        ]
        // Waits end with whole seconds.
        return waits.compactMap { since, span in since.map { $0 + span + 1_000_000_000 } }.min()
    }
}
