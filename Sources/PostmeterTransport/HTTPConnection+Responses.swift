internal import NIOCore

extension HTTPConnection {
    /// Writes a response, tells the observer, and goes on with the connection or ends it.
    func respond(_ response: HTTPResponse) {
        guard let channelContext, phase != .closed else {
            return
        }
        let closes = !keepsAlive || response.closesConnection || loop.isClosing || (inputEnded && !hasWaiting)
        let (head, body) = response.encode(
            HTTPResponse.Frame(
                closes: closes,
                confirmsKeepAlive: incoming.framing.mustConfirmKeepAlive,
                omitsBody: incoming.method == .head,
                date: loop.dateText()
            ),
            allocator: channelContext.channel.allocator,
            warn: shared.warn
        )
        observe(response)
        incoming = IncomingRequest(unreadAt: 0)
        if closes {
            finish(head, body, in: channelContext)
            return
        }
        // From here on a next request must not be looked at before this response is on its way.
        phase = .writing
        if let body {
            channelContext.write(wrapOutboundOut(head), promise: nil)
            channelContext.writeAndFlush(wrapOutboundOut(body), promise: nil)
        } else {
            channelContext.writeAndFlush(wrapOutboundOut(head), promise: nil)
        }
        guard phase == .writing else {
            return
        }
        if channelContext.channel.isWritable {
            becomeIdle()
        } else {
            deadline = MonotonicClock.now() &+ shared.timeouts.write
        }
    }

    /// Writes an interim response.
    func write(_ text: StaticString) {
        guard let channelContext else {
            return
        }
        var bytes = channelContext.channel.allocator.buffer(capacity: text.utf8CodeUnitCount)
        bytes.writeStaticString(text)
        channelContext.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func observe(_ response: HTTPResponse) {
        let now = MonotonicClock.now()
        shared.observer(
            HTTPObservation(
                template: incoming.template.isEmpty ? nil : incoming.template,
                method: incoming.method,
                status: response.status,
                nanoseconds: now > incoming.received ? now - incoming.received : 0,
                requestBytes: incoming.bodyBytes,
                responseBytes: response.body.readableBytes
            )
        )
    }

    /// Writes the last response and closes the connection.
    ///
    /// When the request was not read to its end, only our side is closed, and what comes is read for a while: a
    /// socket that is closed with bytes unread resets the connection, and the peer may lose the response.
    private func finish(_ head: ByteBuffer, _ body: ByteBuffer?, in channelContext: ChannelHandlerContext) {
        phase = .finishing
        deadline = MonotonicClock.now() &+ shared.timeouts.write
        stopReceiving()
        if body != nil {
            channelContext.write(wrapOutboundOut(head), promise: nil)
        }
        let connection = NIOLoopBound(self, eventLoop: channelContext.eventLoop)
        channelContext.writeAndFlush(wrapOutboundOut(body ?? head)).whenComplete { result in
            connection.value.finished(result)
        }
    }

    private func finished(_ result: Result<Void, any Error>) {
        guard phase == .finishing, let channelContext else {
            return
        }
        guard case .success = result, leavesBytesUnread, !inputEnded else {
            closeNow()
            return
        }
        phase = .lingering
        deadline = MonotonicClock.now() &+ shared.timeouts.linger
        channelContext.close(mode: .output, promise: nil)
    }
}
