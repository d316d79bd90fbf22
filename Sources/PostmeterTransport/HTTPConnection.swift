internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// One connection: takes requests apart from each other, hands them to their routes, writes the answers in
/// order, and ends what takes too long.
///
/// Stands behind the decoder; used on its loop only.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase: Equatable {
        /// Between two requests.
        case idle
        /// Some of a head has come.
        case head
        /// The head's credentials are being checked.
        case authorizing
        case body
        /// A refused request's body is read to its end, so that the connection can be kept.
        case discarding(HTTPRejection)
        case answering
        /// A body is being written piece by piece.
        case streaming
        /// The peer has yet to take a response before its next request is looked at.
        case writing
        /// The last response is being written.
        case finishing
        /// What still comes is thrown away until the peer closes.
        case lingering
        case closed
    }

    /// What came out of the decoder, or why nothing more will.
    enum Item {
        case part(HTTPServerRequestPart)
        case failure(HTTPRejection)
    }

    let shared: ListenerContext
    let loop: LoopConnections
    let gate: WireGate

    /// Whether there is TLS between the wire and this.
    let isSecured: Bool

    /// Where `loop` keeps this connection.
    var position = 0

    var channelContext: ChannelHandlerContext?
    var remoteAddress = ""
    var phase = Phase.idle
    var deadline = UInt64.max

    /// When the wait for a head began, or a later phase in which the peer is waited for.
    var waitingSince: UInt64 = 0

    var incoming = IncomingRequest.none
    var keepsAlive = false

    /// Whether it has got an answer.
    var wasServed = false

    /// Whether the request was given up before its end.
    var leavesBytesUnread = false

    /// Bytes of a long body that was refused for want of room: the peer is let send them, so that it sees why.
    var refusedBytes = 0

    var exchangeNumber: UInt64 = 0
    var streamed: StreamedAnswer?

    /// Why the stream of the present exchange does not go on.
    var streamFailure = HTTPStreamError.closed

    var inputEnded = false

    /// Pipelined requests; reading stops while there are any.
    ///
    /// One read waits here, and when the peer ends its side, for which NIO reads all that has come, more of them,
    /// as many as `queueLimit`.
    private var queue = CircularBuffer<Item>(initialCapacity: 2)
    private var isDraining = false
    private var readIsHeld = false

    init(shared: ListenerContext, loop: LoopConnections, gate: WireGate, isSecured: Bool) {
        self.shared = shared
        self.loop = loop
        self.gate = gate
        self.isSecured = isSecured
    }

    /// Parts of requests that may wait; more of them end the connection.
    private static let queueLimit = 256

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        channelContext = context
        gate.connection = self
        remoteAddress = context.channel.remoteAddress?.ipAddress ?? ""
        waitingSince = MonotonicClock.now()
        deadline = waitingSince &+ shared.timeouts.head
        loop.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        channelContext = nil
    }

    private func end() {
        guard phase != .closed else {
            return
        }
        release()
        phase = .closed
        deadline = .max
        incoming = .none
        forgetWaiting()
        shared.load.closed()
        loop.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch part {
        case .head: gate.budget.headEnded()
        case .end: gate.budget.messageEnded()
        case .body: break
        }
        take(.part(part))
    }

    func read(context: ChannelHandlerContext) {
        if queue.isEmpty {
            context.read()
        } else {
            readIsHeld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            switch phase {
            case .writing: becomeIdle()
            case .streaming: resumeStream()
            default: break
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case WireGate.Event.exceeded(.head):
            take(.failure(.headersTooLarge))
        case WireGate.Event.exceeded(.body):
            take(.failure(.bodyTooLarge(limit: incoming.bodyLimit)))
        case WireGate.Event.exceeded(.linger):
            closeNow()
        case ChannelEvent.inputClosed:
            endInput()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error {
            // The peer has left without a word; that it has left is told apart from this.
            return
        }
        guard let error = error as? HTTPParserError else {
            // The connection broke; there is nobody to answer.
            closeNow()
            return
        }
        if case .headerOverflow = error {
            take(.failure(.headersTooLarge))
        } else {
            take(.failure(.malformed("The request is not HTTP/1.1: \(error.debugDescription).")))
        }
    }

    private func endInput() {
        inputEnded = true
        switch phase {
        case .authorizing, .answering, .streaming, .writing, .finishing:
            // The peer may still read: what it has asked for is answered.
            break
        case .idle, .head:
            shutDown()
        case .body, .discarding, .lingering, .closed:
            closeNow()
        }
    }

    // MARK: Taking parts in order

    /// Whether the next part can be looked at now.
    private var isReceiving: Bool {
        switch phase {
        case .idle, .head, .body, .discarding: true
        case .authorizing, .answering, .streaming, .writing, .finishing, .lingering, .closed: false
        }
    }

    private func take(_ item: Item) {
        if queue.isEmpty, isReceiving {
            process(item)
            return
        }
        switch phase {
        case .authorizing, .answering, .streaming, .writing: hold(item)
        default: break
        }
    }

    private func hold(_ item: Item) {
        guard queue.count < Self.queueLimit else {
            // An answer may be on its way.
            reset()
            return
        }
        queue.append(item)
    }

    /// Goes on with what waits.
    ///
    /// Handlers may answer at once, so this is a loop and not a recursion.
    func drain() {
        guard !isDraining else {
            return
        }
        isDraining = true
        while isReceiving, let item = queue.popFirst() {
            process(item)
        }
        isDraining = false
        resumeReading()
    }

    private func resumeReading() {
        if readIsHeld, queue.isEmpty, let channelContext {
            readIsHeld = false
            channelContext.read()
        }
    }

    /// Whether parts of further requests wait.
    var hasWaiting: Bool { !queue.isEmpty }

    /// Begins a phase that ends with the connection when it takes longer than `timeout`.
    func begin(_ next: Phase, for timeout: UInt64, now: UInt64 = MonotonicClock.now()) {
        phase = next
        waitingSince = now
        deadline = now &+ timeout
    }

    /// Waits for the next request, and takes it when it is here.
    func becomeIdle() {
        begin(.idle, for: shared.timeouts.idle)
        drain()
        if phase == .idle, inputEnded, queue.isEmpty {
            shutDown()
        }
    }

    /// Lets go of parts that wait.
    func forgetWaiting() {
        queue.removeAll()
    }

    /// Reads nothing more of what the peer sends.
    func stopReceiving() {
        forgetWaiting()
        gate.budget.linger(upTo: max(shared.limits.lingerBytes, 2 * refusedBytes))
        resumeReading()
    }
}
