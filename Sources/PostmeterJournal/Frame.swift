/// The form of a record in a segment: a header of 32 bytes, the payload, and zeros up to a multiple of 8.
///
/// All numbers are little-endian. Offsets in the header:
///
///     0  magic     UInt32  of this segment alone, never 0
///     4  checksum  UInt32  CRC-32C, seeded by this segment, of bytes 10 to 31 and the payload
///     8  check     UInt16  folded from the same checksum before the payload, so that a damaged length is
///                          seen before it is trusted
///    10  kind      UInt8
///    11  zero      UInt8
///    12  length    UInt32  of the payload
///    16  sequence  UInt64
///    24  time      UInt64  nanoseconds since the Unix epoch
///
/// After the last frame of a group stand 8 zero bytes, which the next group overwrites.
struct Frame {
    static let headerBytes = 32
    static let markBytes = 8
    /// Sequences and segment numbers end here, which no journal reaches: what is higher on a disk was not written by
    /// one, and to count on from it would end in an overflow.
    static let numberLimit: UInt64 = 1 << 63

    /// The bytes of a frame whose payload has `payload` bytes.
    static func bytes(payload: Int) -> Int {
        (headerBytes + payload + 7) & ~7
    }

    let sequence: UInt64
    let time: UInt64
    let kind: UInt8
    let payload: UnsafeRawBufferPointer
}
