internal import NIOCore
internal import NIOHTTP1

/// A listener's share of each event loop: takes new connections in, and lets them all go.
struct ListenerLanes: Sendable {
    private let lanes: [(eventLoop: any EventLoop, connections: NIOLoopBoundBox<LoopConnections>)]
    private let shared: ListenerContext

    init(group: any EventLoopGroup, shared: ListenerContext) {
        self.shared = shared
        let interval = shared.timeouts.sweepInterval
        let loops = Array(group.makeIterator())
        let streamLimit = max(1, shared.limits.streams / max(1, loops.count))
        lanes = loops.map { eventLoop in
            let connections = LoopConnections(
                eventLoop: eventLoop,
                sweepInterval: interval,
                streamLimit: streamLimit,
                headStart: shared.limits.headStart.nanosecondsClamped
            )
            return (eventLoop, .makeBoxSendingValue(connections, eventLoop: eventLoop))
        }
    }

    /// Sets an accepted connection up, on its loop.
    func accept(_ channel: any Channel) throws {
        guard let lane = lanes.first(where: { $0.eventLoop === channel.eventLoop }) else {
            channel.close(promise: nil)
            return
        }
        let loop = lane.connections.value
        let isWithinLimit = shared.load.open()
        let secured = shared.security?.present.makeHandlers() ?? []
        guard !loop.isClosing, isWithinLimit || loop.evict() else {
            shared.load.closed()
            guard secured.isEmpty else {
                // An answer would take a handshake.
                channel.close(promise: nil)
                return
            }
            try channel.pipeline.syncOperations.addHandler(ConnectionRefusal(loop))
            return
        }
        let limits = shared.limits
        let gate = WireGate(budget: WireBudget(headLimit: limits.headerBytes + 1_024))
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerFieldBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoderLimits)
        if !secured.isEmpty {
            try channel.pipeline.syncOperations.addHandlers(secured)
        }
        try channel.pipeline.syncOperations.addHandlers(
            gate,
            ByteToMessageHandler(decoder),
            HTTPConnection(shared: shared, loop: loop, gate: gate, isSecured: !secured.isEmpty)
        )
    }

    /// Closes the connections of all loops; returns when there are none.
    func close(grace: UInt64) async {
        let closing = lanes.map { lane in
            lane.eventLoop.flatSubmit { lane.connections.value.close(grace: grace) }
        }
        for future in closing {
            try? await future.get()
        }
    }
}
