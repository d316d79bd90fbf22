import Testing

@testable import PostmeterTransport

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100, 65_535, 65_536, 65_537, 3_000_000])
    func `what is compressed is read back`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let compressed = try #require(Gzip.compress(bytes))
        #expect(compressed.starts(with: [0x1f, 0x8b, 8]))
        #expect(Gzip.decompress(compressed, limit: count) == bytes)
        #expect(count == 0 || Gzip.decompress(compressed, limit: count - 1) == nil)
    }

    @Test func `bytes without a pattern come back too`() throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let compressed = try #require(Gzip.compress(bytes))
        #expect(Gzip.decompress(compressed, limit: 200_000) == bytes)
    }

    @Test(arguments: [97, 4_096, 65_536, 100_000, 1_000_000])
    func `a stream of many pieces is read back as their text`(size: Int) throws {
        // Lines that shrink, then bytes that do not.
        var bytes = (0..<3_000).flatMap { Array("mails_total{agent=\"agent-\($0)\"} \($0 * 7)\n".utf8) }
        var number: UInt64 = 1
        for _ in 0..<200_000 {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: number >> 33))
        }
        let stream = try #require(GzipStream())
        var compressed: [UInt8] = []
        var output: [UInt8] = []
        for start in Swift.stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start...].prefix(size))
            output.removeAll(keepingCapacity: true)
            try #require(
                stream.compress(piece, into: &output, isLast: start + size >= bytes.count), "at \(start)")
            compressed += output
        }
        #expect(compressed.starts(with: [0x1f, 0x8b, 8]))
        #expect(compressed.count < bytes.count)
        #expect(Gzip.decompress(compressed, limit: bytes.count) == bytes)
    }

    @Test func `empty pieces of a stream are nothing, the last one ends it`() throws {
        for pieces in [["", "", ""], ["", "a", "", "b", ""], ["ab"], [""]] {
            let stream = try #require(GzipStream())
            var compressed: [UInt8] = []
            for (place, piece) in pieces.enumerated() {
                let isLast = place == pieces.count - 1
                #expect(stream.compress(Array(piece.utf8), into: &compressed, isLast: isLast))
            }
            #expect(Gzip.decompress(compressed, limit: 10) == Array(pieces.joined().utf8))
        }
    }

    @Test func `what gzip writes is read`() {
        // printf hello | gzip -n
        let bytes: [UInt8] = [
            0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0, 0x86, 0xa6, 0x10,
            0x36,
            0x05, 0, 0, 0,
        ]
        #expect(Gzip.decompress(bytes, limit: 100) == Array("hello".utf8))
    }

    @Test func `damage is noticed`() throws {
        let compressed = try #require(Gzip.compress(Array("hello, hello, hello".utf8)))
        for length in 0..<compressed.count {
            #expect(Gzip.decompress(Array(compressed[..<length]), limit: 100) == nil)
        }
        #expect(Gzip.decompress(compressed + [0], limit: 100) == nil)
        var flipped = compressed
        flipped[compressed.count - 6] ^= 1
        #expect(Gzip.decompress(flipped, limit: 100) == nil)
    }

    @Test func `a small input cannot take much memory`() throws {
        let bomb = try #require(Gzip.compress([UInt8](repeating: 0, count: 50_000_000)))
        #expect(bomb.count < 300_000)
        #expect(Gzip.decompress(bomb, limit: 1_000_000) == nil)
    }
}
