internal import Glibc
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// An HTTP/1.1 listener with hard limits on all that a peer can use up.
///
/// It records nothing itself: its owner hears of each answered request through the observer. Safe on any
/// thread.
package final class HTTPListener: Sendable {
    /// Where to listen, and what peers may use up.
    package struct Configuration: Sendable {
        /// A host name or an IP address; every interface is `0.0.0.0` or `::`.
        package var host: String

        /// The port; 0 lets the system choose one.
        package var port: Int

        package var limits: HTTPLimits

        /// How many listeners share what the process may open, when it is a program of ours; nil when the
        /// process has other things to do, and a listener takes half of it at most.
        package var listeners: Int?

        /// TLS, users and what else is demanded of peers; nil for plain HTTP for everyone.
        package var security: ListenerSecuritySource?

        package init(
            host: String = "127.0.0.1",
            port: Int = 0,
            limits: HTTPLimits = HTTPLimits(),
            listeners: Int? = nil,
            security: ListenerSecuritySource? = nil
        ) {
            self.host = host
            self.port = port
            self.limits = limits
            self.listeners = listeners
            self.security = security
        }
    }

    private let channel: any Channel
    private let lanes: ListenerLanes
    private let load: ListenerLoad
    private let watch: RepeatedTask?

    /// The port that is listened on.
    package let port: Int

    /// The address that is listened on, such as `127.0.0.1:4380` or `[::1]:4380`.
    package let address: String

    private init(
        channel: any Channel,
        lanes: ListenerLanes,
        load: ListenerLoad,
        watch: RepeatedTask?,
        host: String
    ) {
        self.channel = channel
        self.lanes = lanes
        self.load = load
        self.watch = watch
        port = channel.localAddress?.port ?? 0
        address = Self.address(host: channel.localAddress?.ipAddress ?? host, port: port)
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - configuration: Where, and within which limits.
    ///   - router: What is served.
    ///   - group: The event loops; nil takes those that the process shares.
    ///   - warn: Hears of what is odd: a limit that the system does not allow, a handler that never answered.
    ///   - observer: Hears of each answered request, on its event loop.
    /// - Throws: `HTTPListenerError`, which names the address.
    package static func bind(
        _ configuration: Configuration,
        router: HTTPRouter,
        group: (any EventLoopGroup)? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in },
        observer: @escaping @Sendable (HTTPObservation) -> Void = { _ in }
    ) async throws -> HTTPListener {
        let asked = address(host: configuration.host, port: configuration.port)
        guard (0...65_535).contains(configuration.port) else {
            throw HTTPListenerError(address: asked, reason: "a port is a number from 0 to 65535.")
        }
        let limits = configuration.limits
        let load = ListenerLoad(
            limits,
            connectionLimit: connectionLimit(configuration, address: asked, warn: warn)
        )
        let security: ListenerGuard?
        do {
            security = try configuration.security.map { try ListenerGuard($0, address: asked, warn: warn) }
        } catch {
            throw HTTPListenerError(address: asked, reason: "\(error)")
        }
        let shared = ListenerContext(
            router: router,
            limits: limits,
            timeouts: HTTPTimeouts(limits),
            load: load,
            security: security,
            warn: warn,
            observer: observer
        )
        let group = group ?? MultiThreadedEventLoopGroup.singleton
        let lanes = ListenerLanes(group: group, shared: shared)
        do {
            let channel = try await bootstrap(group: group, lanes: lanes)
                .bind(host: configuration.host, port: configuration.port).get()
            return HTTPListener(
                channel: channel,
                lanes: lanes,
                load: load,
                watch: security?.watch(on: channel.eventLoop),
                host: configuration.host
            )
        } catch {
            throw HTTPListenerError(address: asked, reason: reason(of: error))
        }
    }

    private static func bootstrap(group: any EventLoopGroup, lanes: ListenerLanes) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A turn of a loop under load takes long: with the usual 16 a turn, connections would wait for seconds.
            .serverChannelOption(.maxMessagesPerRead, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Otherwise a read that nobody asked for comes with each that somebody did.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try lanes.accept(channel) }
            }
    }

    /// Requests that wait for their answer, bytes of their bodies, bytes that long bodies take up of the room for
    /// them, and open connections, at this moment.
    package var present: (requests: Int, bytes: Int, longBytes: Int, connections: Int) { load.present }

    /// Stops to listen, lets requests that have been taken finish, and closes all connections.
    ///
    /// - Parameter grace: How long to wait for answers; connections that are left then are cut.
    package func close(within grace: Duration = .seconds(5)) async {
        watch?.cancel()
        try? await channel.close().get()
        await lanes.close(grace: grace.nanosecondsClamped)
    }

    /// Event loops on threads of their own, for listeners to share; the caller shuts them down.
    package static func makeEventLoops(_ count: Int) -> any EventLoopGroup {
        MultiThreadedEventLoopGroup(numberOfThreads: max(1, count))
    }

    private static func address(host: String, port: Int) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The connections that are asked for, or as many as can be had.
    private static func connectionLimit(
        _ configuration: Configuration,
        address: String,
        warn: (String) -> Void
    ) -> Int {
        let configured = configuration.limits.connections
        guard let limit = OpenFiles.limit else {
            return configured
        }
        let possible = OpenFiles.connections(under: limit, listeners: configuration.listeners)
        guard configured > possible else {
            return configured
        }
        // A little less is no news: whoever comes too many takes the place of one that waits.
        if possible < configured / 2 {
            warn(
                "\(address) takes \(possible) connections instead of \(configured): the process may open "
                    + "\(limit) files (ulimit -n)."
            )
        }
        return possible
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as IOError where error.errnoCode == EADDRINUSE:
            "the address is in use; stop what uses it, or choose another port."
        case let error as IOError where error.errnoCode == EACCES:
            "permission denied; ports below 1024 need a privilege, so choose a higher one."
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
            "this machine has no such address."
        case let error as IOError:
            String(cString: strerror(error.errnoCode)) + "."
        case SocketAddressError.unknown:
            "the host name cannot be resolved."
        default:
            "\(error)"
        }
    }
}
