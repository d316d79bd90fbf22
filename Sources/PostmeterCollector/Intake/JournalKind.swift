/// What a record of the journal holds: everything that the fold depends on.
package enum JournalKind: UInt8 {
    /// A webhook, as ``Envelope`` writes it.
    case envelope = 1
    /// The fleet tree that holds from here on, as JSON.
    case fleet = 2
    /// The ``FoldSettings`` that hold from here on, as JSON.
    case settings = 3
    /// What a person wants done with a dead letter, as ``DeadLetterOrder`` writes it.
    case deadLetter = 4
    /// Nothing but that it is so late by now: written when something the fold waits for is overdue and no
    /// other record came.
    case tick = 5
}
