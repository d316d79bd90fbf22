import PostmeterMetrics

/// How many dead letters are kept, and how many were given up and why.
///
/// The thread that keeps them has one; every method may be called on any thread.
package struct DeadLetterInstruments: Sendable {
    /// Why a dead letter is no longer kept: `email.reason` on `email.dead_letters.dropped`.
    package enum Reason: String, Sendable, CaseIterable {
        /// It was older than the limit.
        case age
        /// All together were larger than the limit.
        case bytes
        /// There were more than the limit.
        case count
        /// A person asked for it.
        case removed

        /// The place of this reason in `allCases`.
        fileprivate var index: Int {
            switch self {
            case .age: 0
            case .bytes: 1
            case .count: 2
            case .removed: 3
            }
        }
    }

    private let dropped: [Counter]
    private let kept: Gauge
    private let size: Gauge

    init(_ instruments: MailInstruments) {
        dropped = Reason.allCases.map { instruments.deadLettersDropped.bind($0.rawValue) }
        kept = instruments.deadLettersKept.bind([])
        size = instruments.deadLettersSize.bind([])
    }

    /// Counts dead letters that were given up.
    package func count(dropped reason: Reason, _ number: Int = 1) {
        dropped[reason.index].add(UInt64(max(0, number)))
    }

    /// Says how many are kept, and the bytes of their envelopes.
    package func set(kept number: Int, bytes: Int) {
        kept.set(Double(number))
        size.set(Double(bytes))
    }
}
