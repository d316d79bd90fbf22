internal import PostmeterTransport

/// Serves the certificate of a simulated platform on this machine, where the collector fetches it.
final class CertificateServer: Sendable {
    private let listener: HTTPListener

    private init(_ listener: HTTPListener) {
        self.listener = listener
    }

    /// Starts to serve on a port of 127.0.0.1.
    static func start(_ signer: SNSSigner, port: Int) async throws(SimulatorError) -> CertificateServer {
        var router = HTTPRouter()
        router.on(.get, signer.path) { _, responder in
            responder.respond(
                .text(
                    String(decoding: signer.certificate, as: UTF8.self),
                    contentType: "application/x-pem-file"
                )
            )
        }
        do {
            return CertificateServer(try await HTTPListener.bind(.init(port: port), router: router))
        } catch {
            throw .noCertificate("\(error) Choose another --certificate-port.")
        }
    }

    func close() async {
        await listener.close(within: .seconds(1))
    }
}
