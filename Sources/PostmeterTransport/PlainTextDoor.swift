internal import NIOCore

/// Stands before TLS and tells a peer that speaks plain HTTP so, in plain HTTP.
final class PlainTextDoor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case waiting
        case open
        case refused
    }

    private var state = State.waiting

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .open:
            context.fireChannelRead(data)
        case .refused:
            break
        case .waiting:
            // A handshake begins with byte 22, a method with a capital letter.
            guard let first = unwrapInboundIn(data).readableBytesView.first, first &- 0x41 < 26 else {
                state = .open
                context.fireChannelRead(data)
                return
            }
            state = .refused
            refuse(context)
        }
    }

    private func refuse(_ context: ChannelHandlerContext) {
        let text = """
            HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 49\r\n\
            Connection: close\r\n\r\nThis port speaks HTTPS; put https:// in the URL.\n
            """
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenComplete { _ in
            // From here, so that TLS has no part in it.
            bound.value.close(promise: nil)
        }
    }
}
