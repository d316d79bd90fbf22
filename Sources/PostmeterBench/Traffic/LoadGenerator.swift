internal import NIOCore
internal import NIOPosix
internal import PostmeterTransport

/// Posts webhooks over connections that are kept, from one thread.
final class LoadGenerator<Driver: LoadDriver>: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let driver: NIOLoopBound<Driver>
    private let port: Int
    private let connections: Int

    /// Opens connections to a port of this machine; `makeDriver` is called on the loop that they share.
    init(port: Int, connections: Int, _ makeDriver: @escaping @Sendable (any EventLoop) throws -> Driver)
        async throws
    {
        OpenFiles.raiseLimit()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        self.group = group
        self.loop = loop
        self.port = port
        self.connections = connections
        let driver = try await loop.submit { NIOLoopBound(try makeDriver(loop), eventLoop: loop) }.get()
        self.driver = driver
        for _ in 0..<connections {
            try await LoadConnection.connect(to: port, on: loop, for: driver).get()
        }
    }

    /// Makes this many requests ready, so that a run need not.
    ///
    /// On a slow machine the server may have closed connections meanwhile, for nothing came on them.
    func sign(_ count: Int) async throws {
        try await onLoop { $0.sign(count) }
        for _ in try await onLoop({ $0.openConnections })..<connections {
            try await LoadConnection.connect(to: port, on: loop, for: driver).get()
        }
    }

    /// Does something with the driver, on its loop.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (Driver) throws -> Value) async throws -> Value {
        try await loop.submit { [driver] in try body(driver.value) }.get()
    }

    /// Starts something on the driver's loop that keeps a promise when it is done.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Driver, EventLoopPromise<Value>) -> Void
    ) async throws -> Value {
        let done = loop.makePromise(of: Value.self)
        loop.execute { [driver] in body(driver.value, done) }
        return try await done.futureResult.get()
    }

    /// Closes the connections.
    func close() async throws {
        try await group.shutdownGracefully()
    }
}

extension LoadGenerator where Driver == Load {
    /// Sends for a time, or until `limit` requests are sent, and waits for the last answer.
    func run(seconds: Double, limit: Int = .max) async throws -> LoadResult {
        try await run { load, done in
            load.run(nanoseconds: UInt64(seconds * 1e9), limit: limit, done: done)
        }
    }
}
