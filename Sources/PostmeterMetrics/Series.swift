import CPrimitives
import PostmeterModel

/// One series where its family has written it down: the address and the length of its encoded attributes.
struct Series: @unchecked Sendable, Hashable {
    // Safe because the bytes are written before their address is published and never after, and whoever holds a
    // series keeps its family.

    // 16 bits of length over 48 bits of address, so that listing series does not touch what they point to.
    private let word: UInt

    init(address: UnsafePointer<UInt8>) {
        word = UInt(bitPattern: address) | UInt(pm_series_length(address)) << 48
    }

    /// The place of measurements that nobody reads.
    static var discard: Series { Series(address: pm_series_discard) }

    /// Where the attributes begin, which is what `pm_series.h` knows a series by.
    var address: UnsafePointer<UInt8> {
        // An address of an allocation, so it is not zero.
        UnsafePointer(bitPattern: word & 0xffff_ffff_ffff).unsafelyUnwrapped
    }

    /// The first of its cells.
    var cell: UInt32 { pm_series_cell(address) & ~UInt32(PM_CELL_SPECIAL) }

    /// Its encoded attributes.
    var identity: SeriesIdentity {
        SeriesIdentity(start: address, count: Int(word >> 48))
    }
}
