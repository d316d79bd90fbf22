/// What the admin API answers to an order.
struct DeadLetterReceipt: Codable, Equatable {
    /// The letters that it is for, in the order of their numbers.
    var sequences: [UInt64]
    /// The order is done when a list's `folded` is at least this.
    var position: UInt64
    /// Where matching letters beyond the limit begin; nil when there are none.
    var nextFrom: UInt64?

    private enum CodingKeys: String, CodingKey {
        case sequences, position
        case nextFrom = "next_from"
    }

    init(_ receipt: DeadLetterDesk.Receipt) {
        sequences = receipt.sequences
        position = receipt.position
        nextFrom = receipt.next
    }
}
