internal import NIOCore

/// Counts what comes off the wire before the decoder sees it.
final class WireGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What the gate tells the handler behind the decoder.
    enum Event: Sendable, Equatable {
        case exceeded(WireBudget.Excess)
    }

    /// The budget, which the handler behind the decoder moves on as messages come out.
    var budget: WireBudget

    /// The handler behind the decoder, which hears without an event that a head has begun, as each does.
    weak var connection: HTTPConnection?

    init(budget: WireBudget) {
        self.budget = budget
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytes
        if budget.beginRead() {
            connection?.headBegan()
        }
        if !budget.isLingering {
            context.fireChannelRead(data)
        }
        if let excess = budget.endRead(bytes: bytes) {
            context.fireUserInboundEventTriggered(Event.exceeded(excess))
        }
    }
}
