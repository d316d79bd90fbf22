import NIOCore
import NIOEmbedded

@testable import PostmeterTransport

/// One connection to a listener, from its first byte to its end.
final class ListenerTalk {
    /// A request as a handler saw it.
    struct Served: Equatable {
        let method: HTTPMethod
        let path: String
        let fields: Int
        let body: [UInt8]
    }

    private let plan: ListenerPlan
    private let desk: AnswerDesk
    private let load: ListenerLoad
    private let wireEnd: WireEnd
    private var written: [UInt8] = []
    private var isEnded = false

    /// Makes a connection, sends `wire`, closes the peer's side and lets handlers answer.
    init(_ plan: ListenerPlan, _ wire: [UInt8]) throws {
        self.plan = plan
        let desk = AnswerDesk(plan)
        let limits = plan.limits
        let load = ListenerLoad(limits, connectionLimit: limits.connections)
        self.desk = desk
        self.load = load
        let end = WireEnd(isSlow: plan.isSlow)
        wireEnd = end
        let channel = EmbeddedChannel(handler: end)
        let shared = ListenerContext(
            router: desk.router, limits: limits, timeouts: HTTPTimeouts(limits), load: load, security: nil,
            warn: { _ in },
            observer: { desk.observe($0) })
        let lanes = ListenerLanes(group: channel.embeddedEventLoop, shared: shared)
        try lanes.accept(channel)
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        for piece in plan.pieces(of: wire) where channel.isActive {
            try give(piece, to: channel)
        }
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        // Each answer may let a further request be served, which waited behind it.
        for _ in 0...wire.count where channel.isActive {
            desk.answerAll()
            try turn(channel)
        }
        try turn(channel)
        isEnded = !channel.isActive
        desk.letGo()
        _ = try? channel.finish(acceptAlreadyClosed: true)
        channel.embeddedEventLoop.run()
    }

    private func give(_ piece: ArraySlice<UInt8>, to channel: EmbeddedChannel) throws {
        // A socket is not read while the connection does not ask: the peer waits.
        for _ in 0..<64 where !wireEnd.wantsBytes && channel.isActive {
            desk.answerAll()
            try turn(channel)
        }
        guard channel.isActive, wireEnd.wantsBytes else { return }
        wireEnd.wantsBytes = false
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
        channel.pipeline.fireChannelReadComplete()
        if plan.answering == .afterAPiece { desk.answerAll() }
        channel.read()
        try turn(channel)
    }

    /// Runs what waits, takes what was written and lets the connection write on.
    private func turn(_ channel: EmbeddedChannel) throws {
        channel.embeddedEventLoop.run()
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            written += bytes.readableBytesView
        }
        if channel.isActive, !channel.isWritable {
            channel.isWritable = true
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    /// The requests that handlers saw.
    var served: [Served] { desk.served }

    /// The status of each answer that was counted.
    var statuses: [Int] { desk.observed.map(\.status) }

    /// Holds what was written and counted against what must be.
    func check() throws {
        let observed = desk.observed
        let reader = try AnswerReader(written) { $0 < observed.count && observed[$0].method == .head }
        try require(
            reader.answers.map(\.status) == observed.map(\.status),
            "\(reader.answers.map(\.status)) is written and \(observed.map(\.status)) is counted"
        )
        try checkOrder(reader.answers)
        if let last = reader.answers.firstIndex(where: \.closes) {
            try require(last == reader.answers.count - 1, "an answer follows one that closes the connection")
        }
        try require(wireEnd.lateBytes == 0, "\(wireEnd.lateBytes) bytes are written behind the end")
        try require(isEnded, "the connection is open after the peer's end and all answers")
        try require(
            load.present == (0, 0, 0, 0), "\(load.present) is still held when the connection is gone")
        for request in desk.served {
            try require(
                request.body.count <= plan.bodyLimit, "a body of \(request.body.count) bytes is served")
            try require(
                request.fields <= plan.limits.headerFields, "a request of \(request.fields) fields is served")
        }
    }

    /// Answers of handlers carry the number of their request: each at most once, and in order.
    private func checkOrder(_ answers: [AnswerReader.Answer]) throws {
        let numbers = answers.compactMap { $0.fields["x-number"] }.map { String(decoding: $0, as: UTF8.self) }
        let expected = numbers.indices.map(String.init)
        try require(
            plan.answering == .never || numbers == expected, "requests are answered in the order \(numbers)")
        try require(numbers.count <= desk.served.count, "more answers than requests")
    }
}
