import CPrimitives

/// What stands at the start of a segment, twice, in sectors of their own: damage to one loses nothing.
///
/// 64 bytes at offsets 0 and 512; frames begin at 1,024. All numbers are little-endian, in the order of the
/// properties after 8 bytes of magic, the last of which is the version; then a CRC-32C of it all.
struct SegmentHeader: Sendable, Equatable {
    static let areaBytes = 1_024
    static let version: UInt8 = 1
    private static let copyOffsets = [0, 512]
    private static let checkedBytes = 56
    private static let magic: [UInt8] = Array("PMJRNL".utf8) + [0]

    /// The segment's number; a copy with another number is left from an earlier use of the file.
    var number: UInt64
    /// The journal's salt, from which frames get their magic and the seed of their checksum.
    var salt: UInt64
    /// The number of the segment's first record; 0 while the segment is only prepared.
    ///
    /// A frame in an earlier
    /// segment with this number or a later one is of a group whose write failed, and is void.
    var firstSequence: UInt64 = 0
    /// How many numbers before `firstSequence` no durable record has.
    var abandoned: UInt64 = 0
    /// The number of the segment before; 0 for none.
    var previous: UInt64 = 0
    /// The time of the last record before this segment, in nanoseconds since the Unix epoch.
    var baseTime: UInt64 = 0

    /// The sequence after the last record that stands before this segment.
    var endOfPrevious: UInt64 { firstSequence &- abandoned }

    /// The bytes of the whole header area.
    func encoded() -> [UInt8] {
        var copy = Self.magic + [Self.version]
        for field in [number, salt, firstSequence, abandoned, previous, baseTime] {
            withUnsafeBytes(of: field.littleEndian) { copy.append(contentsOf: $0) }
        }
        let checksum = pm_crc32c(0, copy, copy.count)
        withUnsafeBytes(of: checksum.littleEndian) { copy.append(contentsOf: $0) }
        var area = [UInt8](repeating: 0, count: Self.areaBytes)
        for offset in Self.copyOffsets {
            area.replaceSubrange(offset..<offset + copy.count, with: copy)
        }
        return area
    }

    /// What a header area holds.
    enum Decoded: Equatable {
        case header(SegmentHeader)
        /// Intact, but of a version that this code does not know.
        case version(Int)
        case damaged
    }

    /// Reads the header of segment `number` from the bytes of its header area, which may be cut short.
    static func decode(_ area: [UInt8], number: UInt64) -> Decoded {
        var best = Decoded.damaged
        for offset in copyOffsets where area.count >= offset + checkedBytes + 4 {
            let copy = Array(area[offset..<offset + checkedBytes + 4])
            switch decodeCopy(copy) {
            case .header(let header) where header.number == number:
                // Two copies differ when a crash came between their writes: then the segment has begun.
                if case .header(let other) = best, other.firstSequence >= header.firstSequence { continue }
                best = .header(header)
            case .version(let version):
                if best == .damaged { best = .version(version) }
            default: continue
            }
        }
        return best
    }

    private static func decodeCopy(_ copy: [UInt8]) -> Decoded {
        func word(_ index: Int) -> UInt64 {
            copy[index..<index + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let checksum = copy[checkedBytes...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard Array(copy.prefix(magic.count)) == magic, pm_crc32c(0, copy, checkedBytes) == checksum else {
            return .damaged
        }
        guard copy[magic.count] == version else { return .version(Int(copy[magic.count])) }
        let header = SegmentHeader(
            number: word(8),
            salt: word(16),
            firstSequence: word(24),
            abandoned: word(32),
            previous: word(40),
            baseTime: word(48)
        )
        // A checksum says that it is what was written, not that it makes sense.
        guard header.firstSequence < Frame.numberLimit, header.abandoned <= header.firstSequence else {
            return .damaged
        }
        return .header(header)
    }
}
