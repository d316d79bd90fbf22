internal import NIOCore
internal import NIOSSL

/// Stands behind TLS and lets only clients through whose certificate has one of the names.
final class ClientNameGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        case waiting
        case open
        case refused
    }

    private let names: AllowedNames
    private let tls: NIOSSLServerHandler
    private var state = State.waiting

    /// Creates the gate behind `tls`; a client without a certificate does not pass.
    init(names: AllowedNames, tls: NIOSSLServerHandler) {
        self.names = names
        self.tls = tls
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What can be read has come after the handshake, so that the certificate is there.
        if state == .waiting {
            let isAllowed = tls.peerCertificate.map(names.allows) ?? false
            state = isAllowed ? .open : .refused
            if !isAllowed {
                context.close(promise: nil)
            }
        }
        if state == .open {
            context.fireChannelRead(data)
        }
    }
}
