internal import CPrimitives

/// The first 64 bytes of a file of fingerprints.
struct FingerprintFileHeader: Equatable {
    static let length = 64
    /// "PMFP" and the version of the layout.
    private static let magic: UInt64 = 0x0000_0001_5046_4d50

    var width: UInt64
    var count: UInt64
    var first: UInt64
    var last: UInt64
    var acceptedAt: UInt64
    /// The CRC-32C of everything behind the header.
    var checksum: UInt32

    init(width: Int, count: Int, record: FingerprintFileRecord) {
        self.width = UInt64(width)
        self.count = UInt64(count)
        first = record.first
        last = record.last
        acceptedAt = record.acceptedAt
        checksum = record.checksum
    }

    /// The header as it stands in the file; the last word is the CRC-32C of the words before it.
    var encoded: [UInt8] {
        let words = [Self.magic, width, count, first, last, acceptedAt, UInt64(checksum)]
        let bytes = Words.encoded(words)
        return bytes + Words.encoded([UInt64(pm_crc32c(0, bytes, bytes.count))])
    }
}
