import PostmeterTransport

/// Compressed bodies.
enum GzipFuzz {
    static let target = FuzzTarget("gzip", run)

    private static let limit = 1 << 20

    @Sendable private static func run(_ input: [UInt8]) throws {
        if let plain = Gzip.decompress(input, limit: limit) {
            try require(plain.count <= limit, "\(plain.count) bytes come out, of \(limit) that are allowed")
            try require(
                Gzip.decompress(input, limit: plain.count) == plain, "the same bytes differ at another limit")
            if !plain.isEmpty {
                try require(
                    Gzip.decompress(input, limit: plain.count - 1) == nil,
                    "one byte more than allowed comes out")
            }
        }
        guard let compressed = Gzip.compress(input) else {
            throw FuzzFailure(description: "\(input.count) bytes cannot be compressed")
        }
        try require(Gzip.decompress(compressed, limit: input.count) == input, "compression loses bytes")
        try require(
            Gzip.decompress(Array(compressed.dropLast()), limit: input.count) == nil,
            "a body cut short is taken")
        try require(
            Gzip.decompress(compressed + [0], limit: input.count) == nil,
            "a body with more behind it is taken")
    }
}
