internal import NIOCore

/// Turns a connection away that is one too many, with an answer to whatever it was going to ask.
final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let date: String

    init(date: String) {
        self.date = date
    }

    func channelActive(context: ChannelHandlerContext) {
        let rejection = HTTPRejection.overloaded("Too many connections are open; try again.")
        var response = rejection.problem(for: IncomingRequest(unreadAt: 0))
        rejection.complete(&response)
        let frame = HTTPResponse.Frame(closes: true, confirmsKeepAlive: false, omitsBody: false, date: date)
        let (bytes, _) = response.encode(frame, allocator: context.channel.allocator) { _ in }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
