internal import Glibc
internal import NIOCore
internal import NIOSSL

extension HTTPConnection {
    var isWaitingForHead: Bool { phase == .idle || phase == .head }

    /// Whether nothing is lost with the connection: it waits for a head, or has had its last response.
    var isEvictable: Bool { isWaitingForHead || (phase == .lingering && deadline != .max) }

    /// Ends the connection once its last response is out, if it waits for a request.
    func shutDown() {
        guard isWaitingForHead, let channelContext else {
            return
        }
        // A response may still be on its way; what is written behind it is done when it is.
        phase = .finishing
        deadline = MonotonicClock.now() &+ shared.timeouts.write
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
        phase = .lingering
        // TLS says goodbye and waits for the same.
        deadline = MonotonicClock.now() &+ shared.timeouts.linger
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

    /// Gives up what the present request holds.
    func release() {
        if phase == .body {
            shared.load.release(bodyBytes: incoming.body.readableBytes)
            incoming.body = ByteBuffer()
        }
        abandonStream(because: .closed)
    }
}
