internal import CPrimitives
internal import NIOCore
internal import NIOPosix

/// One connection of the load generator: a request at a time, kept alive.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let accepted = Array("HTTP/1.1 200 ".utf8)
    private static let unavailable = Array("HTTP/1.1 503 ".utf8)
    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("content-length:".utf8)
    private static let retryName = Array("\r\nretry-after:".utf8)
    private static let closing = Array("\r\nconnection: close".utf8)

    private let load: any LoadDriver
    private var context: ChannelHandlerContext?
    private var request = ByteBuffer()
    private var answer = ByteBuffer()
    /// When the request was to be sent, and when it was; nil when none is under way.
    private var underWay: (due: UInt64, sent: UInt64)?
    /// Whether the server said that it closes the connection.
    private var isEnding = false
    /// The length of the last answer: the next one is most likely as long.
    private var lastLength = 0

    init(_ load: any LoadDriver) {
        self.load = load
    }

    /// Opens a connection to a port of this machine.
    @discardableResult
    static func connect(
        to port: Int, on loop: any EventLoop, for driver: NIOLoopBound<some LoadDriver>
    ) -> EventLoopFuture<Void> {
        ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LoadConnection(driver.value))
                }
            }
            .connect(host: "127.0.0.1", port: port).map { _ in }
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        load.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let due = underWay?.due
        underWay = nil
        load.lose(self, due: due)
    }

    /// Whether it can send.
    var isOpen: Bool { context != nil && !isEnding }

    /// When the request was to be sent whose answer is waited for; nil when there is none.
    var due: UInt64? { underWay?.due }

    /// Sends a request, if one is due; false when it did not.
    @discardableResult
    func sendNext() -> Bool {
        guard let context, underWay == nil, !isEnding else { return false }
        let now = pm_clock_monotonic()
        guard let due = load.take(into: &request, now: now) else { return false }
        underWay = (due, now)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if answer.readableBytes == 0 { answer = part } else { answer.writeBuffer(&part) }
        guard let length = answerLength() else { return }
        let isAccepted = answer.readableBytesView.starts(with: Self.accepted)
        var saysWhenToRetry = false
        if !isAccepted {
            saysWhenToRetry =
                answer.readableBytesView.starts(with: Self.unavailable) && hasField(Self.retryName)
            isEnding = hasField(Self.closing)
        }
        answer.moveReaderIndex(forwardBy: length)
        guard let underWay else { return load.noteUnasked(saysWhenToRetry: saysWhenToRetry) }
        self.underWay = nil
        load.note(
            LoadAnswer(
                isAccepted: isAccepted, saysWhenToRetry: saysWhenToRetry, due: underWay.due,
                sent: underWay.sent, received: pm_clock_monotonic()),
            on: self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The length of the answer in the buffer; nil while it is not whole.
    private func answerLength() -> Int? {
        answer.withUnsafeReadableBytes { bytes in
            if bytes.count == lastLength, bytes.starts(with: Self.accepted) { return lastLength }
            guard let head = Self.find(Self.headEnd, in: bytes[...]) else { return nil }
            let length = head + Self.headEnd.count + Self.contentLength(Self.lowercase(bytes[..<head]))
            guard bytes.count >= length else { return nil }
            lastLength = length
            return length
        }
    }

    /// Whether the head of the answer in the buffer has a text, which is in small letters.
    private func hasField(_ text: [UInt8]) -> Bool {
        answer.withUnsafeReadableBytes { bytes in
            guard let end = Self.find(Self.headEnd, in: bytes[...]) else { return false }
            return Self.lowercase(bytes[..<end]).withUnsafeBytes { Self.find(text, in: $0[...]) != nil }
        }
    }

    private static func lowercase(_ head: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        head.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }

    private static func contentLength(_ head: [UInt8]) -> Int {
        guard let found = head.withUnsafeBytes({ find(lengthName, in: $0[...]) }) else { return 0 }
        let digits = head[(found + lengthName.count)...].drop { $0 == 0x20 }.prefix { 0x30...0x39 ~= $0 }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func find(_ pattern: [UInt8], in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - pattern.count)).first {
            bytes[$0..<($0 + pattern.count)].elementsEqual(pattern)
        }
    }
}
