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
