import PostmeterModel

@testable import PostmeterCollector

/// A journaled webhook: read back as it was written, and any other bytes without harm.
enum EnvelopeFuzz {
    static let target = FuzzTarget("envelope", run)

    @Sendable private static func run(_ input: [UInt8]) throws {
        try input.withUnsafeBytes { bytes in
            guard let (envelope, body) = Envelope.read(bytes) else { return }
            try require(
                body.count <= bytes.count && (body.isEmpty || body.last == bytes.last),
                "the body is elsewhere")
            try require(envelope.span?.isValid ?? true, "a span without ids is linked")
            try check(envelope, body: Array(body))
        }
    }

    /// Writes it again and reads that.
    private static func check(_ envelope: Envelope, body: [UInt8]) throws {
        let written = envelope.encodedHead() + body
        try written.withUnsafeBytes { bytes in
            guard let (again, rest) = Envelope.read(bytes) else {
                throw FuzzFailure(description: "\(envelope) cannot be read back")
            }
            try require(Array(rest) == body, "\(envelope) comes back with another body")
            try require(
                again.route == envelope.route && again.span == envelope.span
                    && again.headers.elementsEqual(envelope.headers, by: ==),
                "\(envelope) comes back as \(again)"
            )
        }
    }
}
