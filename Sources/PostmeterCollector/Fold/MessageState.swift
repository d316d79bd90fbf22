/// What the fold remembers of one message while its events come in, packed into one word.
///
/// Bits 0 to 4 are flags; the rest is a time in microseconds since the Unix epoch, good beyond the year 20000.
struct MessageState: Equatable {
    /// The word as it is kept.
    private(set) var word: UInt64

    private static let flagBits: UInt64 = 5

    init(word: UInt64 = 0) {
        self.word = word
    }

    /// Whether the root span went out.
    var hasRoot: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }

    /// Whether acceptance or sending was seen; the time is its.
    var hasSent: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }

    /// Whether the `deliver` span went out.
    var hasDeliver: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }

    /// Whether a final outcome came before the sending; the time is its.
    var hasEarlyOutcome: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }

    /// Whether that outcome is a bounce.
    var isEarlyBounce: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }

    /// Whether a final outcome was seen.
    var hasOutcome: Bool { hasDeliver || hasEarlyOutcome }

    /// Nanoseconds since the Unix epoch, to a microsecond.
    var time: UInt64 {
        get { (word >> Self.flagBits) &* 1_000 }
        set { word = word & (1 << Self.flagBits - 1) | (newValue / 1_000) << Self.flagBits }
    }

    private subscript(bit: UInt64) -> Bool {
        get { word >> bit & 1 != 0 }
        set { word = newValue ? word | 1 << bit : word & ~(1 << bit) }
    }
}
