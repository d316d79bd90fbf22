internal import NIOCore

extension HTTPConnection {
    /// Begins the streamed answer of exchange `number`; ignored unless that is the one to be answered.
    func beginStream(_ number: UInt64, head: HTTPResponse, framing: HTTPResponse.BodyFraming, hasBody: Bool) {
        guard phase == .answering, number == exchangeNumber else {
            return
        }
        guard hasBody else {
            respond(head, framing: framing)
            return
        }
        guard loop.takeStreamSlot() else {
            streamFailure = .overloaded
            refuse(.overloaded("Too many answers are being read slowly; try again."))
            return
        }
        phase = .streaming
        deadline = MonotonicClock.now() &+ shared.timeouts.stream
        streamFailure = .closed
        streamed = StreamedAnswer(status: head.status, framing: framing, head: head, deadline: deadline)
    }

    /// Writes a piece of the body, as it goes to the wire, of `count` bytes; done when the next one may come.
    func writePiece(_ number: UInt64, _ piece: ByteBuffer, count: Int) -> EventLoopFuture<Void> {
        guard phase == .streaming, number == exchangeNumber, let channelContext else {
            return exchangeLoop.makeFailedFuture(number == exchangeNumber ? streamFailure : .closed)
        }
        if let remaining = streamed?.remaining, count > remaining {
            cutStream(because: .tooLong)
            return exchangeLoop.makeFailedFuture(HTTPStreamError.tooLong)
        }
        streamed?.bytes += count
        writeStreamHead(in: channelContext)
        channelContext.writeAndFlush(wrapOutboundOut(piece), promise: nil)
        // The write may have shown that the peer is gone.
        guard phase == .streaming else {
            return exchangeLoop.makeFailedFuture(streamFailure)
        }
        guard !channelContext.channel.isWritable, var answer = streamed else {
            return exchangeLoop.makeSucceededVoidFuture()
        }
        let promise = exchangeLoop.makePromise(of: Void.self)
        let now = MonotonicClock.now()
        answer.waiters.append(promise)
        answer.stalledSince = answer.stalledSince ?? now
        deadline = min(answer.deadline, now &+ shared.timeouts.write)
        streamed = answer
        return promise.futureResult
    }

    /// The peer has taken what was written.
    func resumeStream() {
        guard var answer = streamed else {
            return
        }
        let waiters = answer.waiters
        answer.waiters = []
        answer.stalledSince = nil
        deadline = answer.deadline
        streamed = answer
        for waiter in waiters {
            waiter.succeed()
        }
    }

    /// Ends the body of exchange `number`, and goes on with the connection or ends it.
    func finishStream(_ number: UInt64) {
        guard phase == .streaming, number == exchangeNumber, let channelContext, let answer = streamed else {
            return
        }
        guard (answer.remaining ?? 0) == 0 else {
            cutStream(because: .ended)
            return
        }
        writeStreamHead(in: channelContext)
        var last = channelContext.channel.allocator.buffer(capacity: 5)
        if answer.framing == .chunked {
            last.writeStaticString("0\r\n\r\n")
        }
        let closes = streamed?.closes ?? true
        observe(status: answer.status, responseBytes: answer.bytes)
        releaseStream(failing: nil)
        incoming = IncomingRequest(unreadAt: 0)
        proceed(with: last, nil, closes: closes || loop.isClosing || isAtEndOfInput)
    }

    /// Cuts the stream of exchange `number` short.
    func abortStream(_ number: UInt64) {
        if phase == .streaming, number == exchangeNumber {
            cutStream(because: .ended)
        }
    }

    /// Ends a stream before its body's end.
    func cutStream(because error: HTTPStreamError) {
        guard let answer = streamed else {
            return
        }
        guard answer.head == nil else {
            // Nothing is on its way yet, so that the peer can be told properly.
            releaseStream(failing: error)
            phase = .answering
            refuse(error == .ended ? .unanswered : .overloaded("\(error)"))
            return
        }
        abandonStream(because: error)
        reset()
    }

    /// Lets go of a stream whose connection ends.
    func abandonStream(because error: HTTPStreamError) {
        if let answer = streamed {
            observe(status: answer.status, responseBytes: answer.bytes, isWhole: false)
            releaseStream(failing: error)
        }
    }

    private func releaseStream(failing error: HTTPStreamError?) {
        guard let answer = streamed else {
            return
        }
        streamed = nil
        loop.returnStreamSlot()
        streamFailure = error ?? .ended
        for waiter in answer.waiters {
            if let error {
                waiter.fail(error)
            } else {
                waiter.succeed()
            }
        }
    }

    private func writeStreamHead(in channelContext: ChannelHandlerContext) {
        guard let head = streamed?.head, let framing = streamed?.framing else {
            return
        }
        let closes = framing == .untilClose || endsAfter(head)
        streamed?.head = nil
        streamed?.closes = closes
        let (bytes, _) = encode(head, closes: closes, framing: framing, in: channelContext)
        channelContext.write(wrapOutboundOut(bytes), promise: nil)
    }

    private var exchangeLoop: any EventLoop { loop.eventLoop }
}
