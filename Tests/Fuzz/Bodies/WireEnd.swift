import NIOCore
import NIOEmbedded

/// The socket's end of a pipeline under test: tells whether the connection wants to read, keeps half-closing from
/// closing the whole channel, and can take answers slowly.
final class WireEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let isSlow: Bool
    /// Whether a read has reached the socket since the last bytes were given.
    var wantsBytes = true
    /// Whether our side has said that it sends nothing more.
    private(set) var isOutputClosed = false
    /// What was written after that.
    private(set) var lateBytes = 0

    /// Makes an end; a slow one lets nothing more be written after each write until it is drained.
    init(isSlow: Bool) {
        self.isSlow = isSlow
    }

    func read(context: ChannelHandlerContext) {
        wantsBytes = true
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if isOutputClosed { lateBytes += unwrapOutboundIn(data).readableBytes }
        if isSlow, let channel = context.channel as? EmbeddedChannel { channel.isWritable = false }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else {
            context.close(mode: mode, promise: promise)
            return
        }
        isOutputClosed = true
        promise?.succeed()
    }
}
