import CPrimitives

/// Seals and checks the frames of one segment.
///
/// The magic and the seed of the checksum come from the segment's number and the journal's salt. So a frame
/// that an earlier use of the same file left behind is never taken for one of this segment, and bytes inside
/// a payload, which strangers choose without knowing the salt, are never taken for a frame.
struct FrameCodec: Sendable {
    let magic: UInt32
    private let seed: UInt32

    init(salt: UInt64, number: UInt64) {
        let hash = withUnsafeBytes(of: number.littleEndian) { bytes in
            pm_siphash24(salt, 0x7365_676d_656e_7473, bytes.baseAddress, bytes.count)
        }
        // Never 0: zeros are what stands where no frame is.
        magic = UInt32(truncatingIfNeeded: hash) | 1
        seed = UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// Writes the header of a frame whose payload already follows `frame`, but for the `held` bytes at its end.
    func seal(
        _ frame: UnsafeMutableRawPointer,
        length: Int,
        held: UnsafeRawBufferPointer? = nil,
        kind: UInt8,
        sequence: UInt64,
        time: UInt64
    ) {
        frame.storeBytes(of: magic.littleEndian, as: UInt32.self)
        frame.storeBytes(of: kind, toByteOffset: 10, as: UInt8.self)
        frame.storeBytes(of: 0, toByteOffset: 11, as: UInt8.self)
        frame.storeBytes(of: UInt32(length).littleEndian, toByteOffset: 12, as: UInt32.self)
        frame.storeBytes(of: sequence.littleEndian, toByteOffset: 16, as: UInt64.self)
        frame.storeBytes(of: time.littleEndian, toByteOffset: 24, as: UInt64.self)
        let head = headChecksum(frame)
        frame.storeBytes(of: Self.folded(head).littleEndian, toByteOffset: 8, as: UInt16.self)
        var whole = pm_crc32c(head, frame + Frame.headerBytes, length - (held?.count ?? 0))
        if let held { whole = pm_crc32c(whole, held.baseAddress, held.count) }
        frame.storeBytes(of: whole.littleEndian, toByteOffset: 4, as: UInt32.self)
    }

    /// The payload length that the header at `frame` states; nil when it is not an intact header.
    func length(_ frame: UnsafeRawPointer) -> Int? {
        guard frame.loadUnaligned(as: UInt32.self) == magic.littleEndian else { return nil }
        let check = UInt16(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        guard check == Self.folded(headChecksum(frame)) else { return nil }
        return Int(UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
    }

    /// The frame at `frame`, whose header stated `length`; nil when its checksum does not hold or its sequence
    /// is none that is ever given.
    func open(_ frame: UnsafeRawPointer, length: Int) -> Frame? {
        let stated = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard stated == pm_crc32c(headChecksum(frame), frame + Frame.headerBytes, length) else { return nil }
        let sequence = UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        guard sequence < Frame.numberLimit else { return nil }
        return Frame(
            sequence: sequence,
            time: UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: 24, as: UInt64.self)),
            kind: frame.load(fromByteOffset: 10, as: UInt8.self),
            payload: UnsafeRawBufferPointer(start: frame + Frame.headerBytes, count: length)
        )
    }

    private func headChecksum(_ frame: UnsafeRawPointer) -> UInt32 {
        pm_crc32c(seed, frame + 10, Frame.headerBytes - 10)
    }

    private static func folded(_ checksum: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: checksum ^ checksum >> 16)
    }
}
