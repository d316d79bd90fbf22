internal import NIOCore

/// Turns a connection away that is one too many, with an answer to whatever it was going to ask.
///
/// What its peer sends is read and thrown away for a moment: a socket that is closed with bytes unread resets the
/// connection, and the peer may lose the answer. Some hundred peers are waited for like this at a time.
final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a peer is waited for.
    private static let patience = TimeAmount.seconds(1)

    private let loop: LoopConnections
    /// The end of the wait, while the peer is waited for.
    private var end: Scheduled<Void>?

    init(_ loop: LoopConnections) {
        self.loop = loop
    }

    func channelActive(context: ChannelHandlerContext) {
        let rejection = HTTPRejection.overloaded("Too many connections are open; try again.")
        var response = rejection.problem(for: .none)
        rejection.complete(&response)
        let frame = HTTPResponse.Frame(
            closes: true, confirmsKeepAlive: false, omitsBody: false, date: loop.dateText())
        let (bytes, _) = response.encode(frame, allocator: context.channel.allocator) { _ in }
        let channel = context.channel
        guard loop.takeRefusalSlot() else {
            context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in channel.close(promise: nil) }
            return
        }
        end = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let end else { return }
        self.end = nil
        end.cancel()
        loop.returnRefusalSlot()
    }
}
