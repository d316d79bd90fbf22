import NIOCore
import NIOEmbedded
import PostmeterTransport

/// A listener's whole pipeline, from the socket to the handlers.
///
/// The first byte says how handlers answer and whether the peer is slow, the second which limits hold, the third in
/// which pieces the bytes come; the rest is what comes over the wire.
enum HTTPRequestsFuzz {
    static let target = FuzzTarget("http-requests", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        var input = FuzzInput(input)
        let plan = ListenerPlan(answers: input.byte(), limits: input.byte(), pieces: input.byte())
        let wire = input.rest
        let talk = try ListenerTalk(plan, wire)
        try talk.check()
        // How the bytes come in pieces must not matter to what is understood. Close to the limits it may, since
        // only whole reads can be charged, and a read may hold a second reason to refuse a head.
        let lines = wire.count { $0 == UInt8(ascii: "\n") }
        guard plan.hasUsualLimits, wire.count < 8_192, lines < plan.limits.headerFields, plan.answersAtOnce
        else { return }
        let other = try ListenerTalk(plan.inOnePiece, wire)
        try other.check()
        try require(
            talk.served == other.served,
            "in pieces \(talk.served) is understood, and \(other.served) at once"
        )
        try require(
            talk.statuses == other.statuses,
            "in pieces the answers are \(talk.statuses), and \(other.statuses) at once"
        )
    }
}
