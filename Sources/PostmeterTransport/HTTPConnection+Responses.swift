internal import NIOCore

extension HTTPConnection {
    /// Writes a response, tells the observer, and goes on with the connection or ends it.
    func respond(_ response: HTTPResponse, framing: HTTPResponse.BodyFraming = .whole) {
        guard let channelContext, phase != .closed else {
            return
        }
        let closes = endsAfter(response)
        let (head, body) = encode(response, closes: closes, framing: framing, in: channelContext)
        observe(status: response.status, responseBytes: response.body.readableBytes)
        incoming = .none
        wasServed = true
        proceed(with: head, body, closes: closes)
    }

    /// Whether the connection ends after this response.
    func endsAfter(_ response: HTTPResponse) -> Bool {
        !keepsAlive || response.closesConnection || loop.isClosing || isAtEndOfInput
    }

    /// Whether the peer sends nothing more, and all that it has sent is answered.
    var isAtEndOfInput: Bool { inputEnded && !hasWaiting }

    /// A response to the present request as it goes to the wire.
    func encode(
        _ response: HTTPResponse,
        closes: Bool,
        framing: HTTPResponse.BodyFraming,
        in channelContext: ChannelHandlerContext
    ) -> (head: ByteBuffer, body: ByteBuffer?) {
        var response = response
        for field in incoming.answerFields where !response.headers.contains(field.name) {
            response.headers.add(field.name, field.value)
        }
        return response.encode(
            HTTPResponse.Frame(
                closes: closes,
                confirmsKeepAlive: incoming.framing.mustConfirmKeepAlive,
                omitsBody: incoming.method == .head,
                date: loop.dateText(),
                framing: framing
            ),
            allocator: channelContext.channel.allocator,
            warn: shared.warn
        )
    }

    /// Writes what ends a response, and goes on with the connection or ends it.
    func proceed(with head: ByteBuffer, _ body: ByteBuffer?, closes: Bool) {
        guard let channelContext else {
            return
        }
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
            begin(.writing, for: shared.timeouts.write)
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

    /// Tells the observer of the answer to the present request.
    func observe(status: Int, responseBytes: Int, isWhole: Bool = true) {
        let now = MonotonicClock.now()
        shared.observer(
            HTTPObservation(
                template: incoming.template.isEmpty ? nil : incoming.template,
                method: incoming.method,
                isSecured: isSecured,
                status: status,
                nanoseconds: now > incoming.received ? now - incoming.received : 0,
                requestBytes: incoming.bodyBytes,
                responseBytes: responseBytes,
                isWhole: isWhole
            )
        )
    }

    /// Writes the last response and closes the connection.
    ///
    /// When the request was not read to its end, only our side is closed, and what comes is read for a while: a
    /// socket that is closed with bytes unread resets the connection, and the peer may lose the response.
    private func finish(_ head: ByteBuffer, _ body: ByteBuffer?, in channelContext: ChannelHandlerContext) {
        begin(.finishing, for: shared.timeouts.write)
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
        guard case .success = result else {
            closeNow()
            return
        }
        guard leavesBytesUnread, !inputEnded else {
            close()
            return
        }
        // Who has much to send is waited for as long as for a body, unless another one needs the connection.
        let wait = refusedBytes > 0 ? shared.timeouts.body : shared.timeouts.linger
        begin(.lingering, for: wait)
        channelContext.close(mode: .output, promise: nil)
    }
}
