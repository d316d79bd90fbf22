import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

@testable import PostmeterTransport

/// A server that answers over TLS with the number of the connection and whose certificate it was shown there.
///
/// `/close` ends the connection after the answer.
final class TLSServer: Sendable {
    let port: Int
    private let channel: any Channel

    /// Runs `body` with a server on a port of its own.
    static func with(
        host: String = "127.0.0.1",
        asksClient: Bool = false,
        newest: TLSVersion? = nil,
        _ body: (TLSServer) async throws -> Void
    ) async throws {
        let group = HTTPListener.makeEventLoops(1)
        let server = try await TLSServer(host, asksClient: asksClient, newest: newest, group: group)
        let result: Result<Void, any Error>
        do {
            try await body(server)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await server.channel.close()
        try await group.shutdownGracefully()
        try result.get()
    }

    private init(
        _ host: String,
        asksClient: Bool,
        newest: TLSVersion?,
        group: any EventLoopGroup
    ) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try Self.certificate(Certificates.server))],
            privateKey: .privateKey(
                try NIOSSLPrivateKey(bytes: Array(Certificates.serverKey.utf8), format: .pem))
        )
        if asksClient {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates([try Self.certificate(Certificates.authority)])
        }
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = newest
        let context = try NIOSSLContext(configuration: configuration)
        let known = [
            ("client one", try Self.certificate(Certificates.client)),
            ("client two", try Self.certificate(Certificates.renewed)),
        ]
        let connections = SharedCount()
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                let number = connections.next()
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answerer(number: number, known: known))
                }
            }
            .bind(host: host, port: 0)
            .get()
        port = channel.localAddress?.port ?? 0
    }

    private static func certificate(_ text: String) throws -> NIOSSLCertificate {
        try NIOSSLCertificate(bytes: Array(text.utf8), format: .pem)
    }
}

/// Counts from 1, on any thread.
private final class SharedCount: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let number: Int
    private let known: [(name: String, certificate: NIOSSLCertificate)]
    private var isLast = false

    init(number: Int, known: [(name: String, certificate: NIOSSLCertificate)]) {
        self.number = number
        self.known = known
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isLast = head.uri == "/close"
        case .body:
            break
        case .end:
            let shown = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
            let name = known.first { $0.certificate == shown }?.name ?? "nobody"
            let text = "connection \(number): \(name)"
            var head = HTTPResponseHead(version: .http1_1, status: .ok)
            head.headers.add(name: "Content-Length", value: "\(text.utf8.count)")
            if isLast {
                head.headers.add(name: "Connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if isLast {
                context.close(promise: nil)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
