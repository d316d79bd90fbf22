/// How many bytes of the wire a message may still take up, whatever a decoder makes of them.
///
/// NIO's decoder bounds names, values and the target, but not line breaks before the request line, spaces
/// after a colon or the extensions of chunks. A read in which the decoder got anywhere is not charged, since
/// nobody knows how it divides; that is at most 64 KiB.
struct WireBudget {
    enum Excess: Equatable {
        case head
        case body
        case linger
    }

    private enum Stage {
        case betweenMessages
        case head
        case body
        case linger
    }

    private let headLimit: Int
    private var lingerLimit = 0
    private var bodyLimit = Int.max
    private var stage = Stage.betweenMessages
    private var spent = 0
    private var hasMoved = false

    /// Creates the budget of a connection.
    init(headLimit: Int) {
        self.headLimit = headLimit
    }

    /// Whether bytes are to be counted and thrown away.
    var isLingering: Bool { stage == .linger }

    /// Begins a read; true when it is the first one of a head.
    mutating func beginRead() -> Bool {
        hasMoved = false
        guard stage == .betweenMessages else {
            return false
        }
        stage = .head
        return true
    }

    /// Charges a read, and says what it is too much for.
    mutating func endRead(bytes: Int) -> Excess? {
        guard !hasMoved else {
            return nil
        }
        spent += bytes
        switch stage {
        case .betweenMessages: return nil
        case .head: return spent > headLimit ? .head : nil
        case .body: return spent > bodyLimit ? .body : nil
        case .linger: return spent > lingerLimit ? .linger : nil
        }
    }

    /// The decoder has seen the end of a head; its body may take any number of bytes until it is bounded.
    mutating func headEnded() {
        move(to: .body)
        bodyLimit = .max
    }

    /// Bounds the body, on the wire, to twice its limit and 16 KiB.
    ///
    /// Chunks of 5 bytes and more stay within that; smaller ones do as long as the body is small.
    mutating func boundBody(to limit: Int) {
        bodyLimit = 2 * limit + 16_384
    }

    /// The decoder has seen the end of a message.
    mutating func messageEnded() {
        move(to: .betweenMessages)
    }

    /// No message is read any more, and no more bytes than `limit`.
    mutating func linger(upTo limit: Int) {
        lingerLimit = limit
        move(to: .linger)
    }

    private mutating func move(to next: Stage) {
        // What comes while a connection lingers no longer means anything.
        guard stage != .linger else {
            return
        }
        stage = next
        spent = 0
        hasMoved = true
    }
}
