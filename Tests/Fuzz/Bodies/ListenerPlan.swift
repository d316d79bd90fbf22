import PostmeterTransport

/// How a listener under test is set up and spoken to.
struct ListenerPlan: Sendable {
    /// When a handler answers.
    enum Answering: UInt8 {
        case atOnce
        /// When the peer has sent everything.
        case atTheEnd
        /// After each piece that comes.
        case afterAPiece
        /// Never: it lets go of the request.
        case never
    }

    let answering: Answering
    /// Whether the peer takes one write at a time.
    let isSlow: Bool
    /// Whether handlers close the connection.
    let closes: Bool
    private let limitsByte: UInt8
    private var piecesByte: UInt8

    /// Reads a plan from three bytes.
    init(answers: UInt8, limits: UInt8, pieces: UInt8) {
        answering = Answering(rawValue: answers & 3) ?? .atOnce
        isSlow = answers & 4 != 0
        closes = answers & 8 != 0
        limitsByte = limits
        piecesByte = pieces
    }

    /// The same with all bytes at once.
    var inOnePiece: ListenerPlan {
        var plan = self
        plan.piecesByte = 0
        return plan
    }

    /// Whether handlers answer at once and nothing else holds answers up.
    var answersAtOnce: Bool { answering == .atOnce && !isSlow }

    /// Whether the limits are those of a listener by default.
    var hasUsualLimits: Bool { limitsByte & 1 == 0 }

    /// The limits.
    var limits: HTTPLimits {
        var limits = HTTPLimits()
        guard !hasUsualLimits else { return limits }
        limits.headerBytes = 256 + 8 * Int(limitsByte)
        limits.headerFieldBytes = 64 + Int(limitsByte)
        limits.headerFields = 4 + Int(limitsByte >> 4)
        limits.bodyBytesInFlight = limitsByte & 2 == 0 ? 128 : limits.bodyBytesInFlight
        limits.requestsInFlight = limitsByte & 4 == 0 ? 1 : limits.requestsInFlight
        return limits
    }

    /// The most bytes of a body.
    var bodyLimit: Int { hasUsualLimits ? 4_096 : 100 }

    /// Cuts what comes over the wire: at once, byte by byte, or in pieces of lengths that the plan draws.
    func pieces(of wire: [UInt8]) -> [ArraySlice<UInt8>] {
        guard piecesByte != 0 else { return wire.isEmpty ? [] : [wire[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var left = wire[...]
        var state = UInt32(piecesByte)
        while !left.isEmpty {
            state = state &* 1_664_525 &+ 1_013_904_223
            let length = piecesByte == 1 ? 1 : 1 + Int(state >> 24) % (2 * Int(piecesByte))
            pieces.append(left.prefix(length))
            left = left.dropFirst(length)
        }
        return pieces
    }
}
