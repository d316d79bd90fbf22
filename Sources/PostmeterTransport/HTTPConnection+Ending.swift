internal import Glibc
internal import NIOCore
internal import NIOSSL

extension HTTPConnection {
    var isWaitingForHead: Bool { phase == .idle || phase == .head }

    /// The number of ranks that follow.
    static let evictionRanks = 4

    /// How much is lost with the connection when its peer is waited for, from 0; nil when its peer waits for us.
    ///
    /// Whoever is slow enough holds any of these phases as long as its time limit lets it.
    var evictionRank: Int? {
        switch phase {
        // It waits for a head, or has had its last response.
        case .idle, .head: 0
        case .lingering: deadline == .max ? nil : 0
        // A refusal, or the rest of the last response.
        case .discarding, .finishing: 1
        case .writing: 2
        // A request that may become one to be served.
        case .body: 3
        case .authorizing, .answering, .streaming, .closed: nil
        }
    }

    /// Ends the connection once its last response is out, if it waits for a request.
    func shutDown() {
        guard isWaitingForHead, let channelContext else {
            return
        }
        // A response may still be on its way; what is written behind it is done when it is.
        begin(.finishing, for: shared.timeouts.write)
        let connection = NIOLoopBound(self, eventLoop: channelContext.eventLoop)
        channelContext.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            connection.value.close()
        }
    }

    /// Closes the connection, whose last response is out, in the way of its protocol.
    func close() {
        guard isSecured, phase != .closed else {
            closeNow()
            return
        }
        release()
        // TLS says goodbye and waits for the same.
        begin(.lingering, for: shared.timeouts.linger)
        channelContext?.close(promise: nil)
    }

    /// Closes the connection at once.
    func closeNow() {
        release()
        forgetWaiting()
        // The channel tells of its end only in the loop's next turn; until then nothing may happen here.
        phase = phase == .closed ? .closed : .lingering
        deadline = .max
        if isSecured,
            let tls = try? channelContext?.pipeline.syncOperations.context(
                handlerType: NIOSSLServerHandler.self)
        {
            // From before TLS, which would otherwise wait for its peer.
            tls.close(promise: nil)
        } else {
            channelContext?.close(promise: nil)
        }
    }

    /// Ends the connection in a way that the peer cannot take for the end of a response.
    func reset() {
        (channelContext?.channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in }
        closeNow()
    }

    /// Ends the connection for the sake of another.
    func makeRoom() {
        switch phase {
        case .writing, .finishing: reset()
        default: closeNow()
        }
    }

    /// Gives up what the present request holds.
    func release() {
        if phase == .body {
            releaseBody()
        }
        abandonStream(because: .closed)
    }
}
