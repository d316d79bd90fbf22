internal import NIOCore
internal import NIOPosix

/// Posts signed webhooks over connections that are kept, from one thread.
final class LoadGenerator: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let load: NIOLoopBound<Load>

    /// Opens connections to a port of this machine.
    init(_ makeRequests: @escaping @Sendable () throws -> SignedRequests, port: Int, connections: Int)
        async throws
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        self.group = group
        self.loop = loop
        let load = try await loop.submit { NIOLoopBound(Load(try makeRequests()), eventLoop: loop) }.get()
        self.load = load
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LoadConnection(load.value))
                }
            }
        for _ in 0..<connections {
            _ = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
        }
    }

    /// Makes this many requests ready, so that a run need not.
    func sign(_ count: Int) async throws {
        try await loop.submit { [load] in load.value.sign(count) }.get()
    }

    /// Sends for a time, or until `limit` requests are sent, and waits for the last answer.
    func run(seconds: Double, limit: Int = .max) async throws -> LoadResult {
        let done = loop.makePromise(of: LoadResult.self)
        loop.execute { [load] in
            load.value.run(nanoseconds: UInt64(seconds * 1e9), limit: limit, done: done)
        }
        return try await done.futureResult.get()
    }

    /// Closes the connections.
    func close() async throws {
        try await group.shutdownGracefully()
    }
}
