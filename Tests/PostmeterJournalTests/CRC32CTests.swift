import CPrimitives
import Testing

@Suite struct CRC32CTests {
    @Test func `the known answers of the specification come out`() {
        let check = Array("123456789".utf8)
        #expect(pm_crc32c(0, check, check.count) == 0xE306_9283)
        #expect(pm_crc32c_portable(0, check, check.count) == 0xE306_9283)
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(pm_crc32c(0, zeros, 32) == 0x8A91_36AA)
        let ones = [UInt8](repeating: 0xFF, count: 32)
        #expect(pm_crc32c(0, ones, 32) == 0x62A8_AB43)
        let ascending = [UInt8](0..<32)
        #expect(pm_crc32c(0, ascending, 32) == 0x46DD_794E)
        #expect(pm_crc32c(0, check, 0) == 0)
    }

    @Test func `the tables and the processor agree on every length, start and alignment`() {
        var random = SplitMix(seed: 7)
        let bytes = (0..<1_200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            for length in 0...1_100 {
                let offset = Int(random.next() % 16)
                let seed = UInt32(truncatingIfNeeded: random.next())
                #expect(
                    pm_crc32c(seed, base + offset, length) == pm_crc32c_portable(seed, base + offset, length)
                )
            }
        }
    }

    @Test func `a checksum goes on where another ended`() {
        let bytes = [UInt8]("a journal is only as good as its checksums".utf8)
        let whole = pm_crc32c(0, bytes, bytes.count)
        for cut in 0...bytes.count {
            let (head, tail) = (Array(bytes[..<cut]), Array(bytes[cut...]))
            #expect(pm_crc32c(pm_crc32c(0, head, head.count), tail, tail.count) == whole)
        }
    }
}
