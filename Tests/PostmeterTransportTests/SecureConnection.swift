import NIOCore
import NIOPosix
import NIOSSL

@testable import PostmeterTransport

/// A client that speaks literal bytes over TLS, and trusts the test authority.
final class SecureConnection {
    private enum Arrival: Sendable {
        case bytes(String)
        case failure(any Error)
    }

    private let channel: any Channel
    private let arrivals: AsyncStream<Arrival>
    private var buffered = ""

    /// Connects, and returns without waiting for the handshake.
    init(
        port: Int,
        certificate: TestCertificates.Pair? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.authority.utf8)))
        if let certificate {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(
                Array(certificate.certificate.utf8)
            ).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(certificate.key.utf8), format: .pem))
        }
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        let (stream, continuation) = AsyncStream.makeStream(of: Arrival.self)
        arrivals = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"),
                        Reader(arrived: { continuation.yield($0) }, ended: { continuation.finish() })
                    )
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Sends the text after the handshake; what goes wrong with it is heard by reading.
    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// Reads up to the end of `text`, and leaves the date out.
    func text(through text: String) async throws -> String {
        while true {
            if let range = buffered.firstRange(of: text) {
                defer { buffered = String(buffered[range.upperBound...]) }
                return Self.undated(String(buffered[..<range.upperBound]))
            }
            guard try await read() else {
                throw RawConnection.Failure(description: "closed after \(buffered.debugDescription)")
            }
        }
    }

    /// Reads until the peer closes.
    func rest() async throws -> String {
        while try await read() {}
        defer { buffered = "" }
        return Self.undated(buffered)
    }

    /// Whether the peer has shown this certificate.
    func sees(_ pair: TestCertificates.Pair) async throws -> Bool {
        let shown = try await channel.nioSSL_peerCertificate().get()?.toDERBytes()
        return try NIOSSLCertificate(bytes: Array(pair.certificate.utf8), format: .pem).toDERBytes() == shown
    }

    private func read() async throws -> Bool {
        var iterator = arrivals.makeAsyncIterator()
        switch await iterator.next() {
        case .bytes(let text):
            buffered += text
            return true
        case .failure(let error):
            throw error
        case nil:
            return false
        }
    }

    private static func undated(_ text: String) -> String {
        text.replacing(/Date: [^\r]*\r\n/, with: "")
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let arrived: (Arrival) -> Void
        private let ended: () -> Void

        init(arrived: @escaping (Arrival) -> Void, ended: @escaping () -> Void) {
            self.arrived = arrived
            self.ended = ended
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            arrived(.bytes(String(buffer: unwrapInboundIn(data))))
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            arrived(.failure(error))
        }

        func channelInactive(context: ChannelHandlerContext) {
            ended()
        }
    }
}

extension ServerTLS {
    /// The test server's side, or that of another certificate.
    static func test(_ pair: TestCertificates.Pair = TestCertificates.server) -> ServerTLS {
        ServerTLS(certificates: Array(pair.certificate.utf8), key: Array(pair.key.utf8))
    }

    /// The same, changed.
    func with(_ change: (inout ServerTLS) -> Void) -> ServerTLS {
        var tls = self
        change(&tls)
        return tls
    }
}

extension ListenerSecurity {
    /// Security of which something is set.
    static func with(_ change: (inout ListenerSecurity) -> Void) -> ListenerSecurity {
        var security = ListenerSecurity()
        change(&security)
        return security
    }

    static func tls(_ tls: ServerTLS) -> ListenerSecurity {
        .with { $0.tls = tls }
    }
}
