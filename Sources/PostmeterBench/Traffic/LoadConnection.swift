internal import CPrimitives
internal import NIOCore

/// One connection of the load generator: a request at a time, kept alive.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let accepted = Array("HTTP/1.1 200 ".utf8)
    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("content-length:".utf8)

    private let load: Load
    private var context: ChannelHandlerContext?
    private var request = ByteBuffer()
    private var answer = ByteBuffer()
    /// When the request was sent; nil when none is under way.
    private var sentAt: UInt64?
    /// The length of the last answer: the next one is most likely as long.
    private var lastLength = 0

    init(_ load: Load) {
        self.load = load
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        load.add(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        let wasBusy = sentAt != nil
        sentAt = nil
        load.lose(self, wasBusy: wasBusy)
    }

    /// Sends a request, if there is one to send.
    func sendNext() {
        guard let context, sentAt == nil else { return }
        let now = pm_clock_monotonic()
        guard load.take(into: &request, now: now) else { return }
        sentAt = now
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if answer.readableBytes == 0 { answer = part } else { answer.writeBuffer(&part) }
        guard let length = answerLength(), let sentAt else { return }
        let isAccepted = answer.readableBytesView.starts(with: Self.accepted)
        answer.moveReaderIndex(forwardBy: length)
        self.sentAt = nil
        load.note(isAccepted: isAccepted, nanoseconds: pm_clock_monotonic() - sentAt)
        sendNext()
        if self.sentAt == nil { load.finishIfDone() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// The length of the answer in the buffer; nil while it is not whole.
    private func answerLength() -> Int? {
        answer.withUnsafeReadableBytes { bytes in
            if bytes.count == lastLength, bytes.starts(with: Self.accepted) { return lastLength }
            guard let head = Self.find(Self.headEnd, in: bytes[...]) else { return nil }
            let length = head + Self.headEnd.count + Self.contentLength(bytes[..<head])
            guard bytes.count >= length else { return nil }
            lastLength = length
            return length
        }
    }

    private static func contentLength(_ head: Slice<UnsafeRawBufferPointer>) -> Int {
        let lower = head.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
        let found = lower.withUnsafeBytes { find(lengthName, in: $0[...]) }
        guard let found else { return 0 }
        let digits = lower[(found + lengthName.count)...].drop { $0 == 0x20 }.prefix { 0x30...0x39 ~= $0 }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func find(_ pattern: [UInt8], in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - pattern.count)).first {
            bytes[$0..<($0 + pattern.count)].elementsEqual(pattern)
        }
    }
}
