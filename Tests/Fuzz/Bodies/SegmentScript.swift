import Glibc

@testable import PostmeterJournal

/// Builds the file of a segment from an input: frames as a writer seals them, and what a disk makes of them.
struct SegmentScript {
    /// A frame that was sealed.
    struct Sealed {
        let offset: Int
        let sequence: UInt64
        let kind: UInt8
        let payload: [UInt8]

        /// The bytes that its checksum covers, header and payload.
        var covered: Range<Int> { offset..<offset + Frame.headerBytes + payload.count }
        /// Where the next frame may stand.
        var end: Int { offset + Frame.bytes(payload: payload.count) }
    }

    /// The file, the damage done.
    private(set) var file: [UInt8]
    /// The frames that are as they were sealed.
    private(set) var intact: [Sealed] = []
    /// The highest sequence given.
    private(set) var sequence: UInt64
    private let codec: FrameCodec
    private var sealed: [Sealed] = []
    private var damage: [(place: Int, mask: UInt8)] = []
    private var length: Int?

    private static let sizeLimit = 1 << 16

    /// Builds from `input` until it ends or says so.
    init(_ input: inout FuzzInput, header: SegmentHeader, codec: FrameCodec) {
        self.codec = codec
        file = header.encoded()
        sequence = header.firstSequence &- 1
        while !input.isAtEnd, file.count < Self.sizeLimit, step(&input) {}
        file += [UInt8](repeating: 0, count: Frame.markBytes)
        let whole = file
        for (place, mask) in damage where !file.isEmpty {
            file[place % file.count] ^= mask
        }
        if let length { file = Array(file.prefix(length)) }
        intact = sealed.filter { frame in
            frame.end <= file.count && file[frame.covered] == whole[frame.covered]
        }
    }

    /// Takes one step; false at the script's end.
    private mutating func step(_ input: inout FuzzInput) -> Bool {
        switch input.byte() & 15 {
        case 0:
            let (count, fill) = (input.short() % 9_000, input.byte())
            seal([UInt8](repeating: fill, count: count), kind: input.byte())
        case 1:
            let count = Int(input.byte())
            seal(input.bytes(count), kind: input.byte())
        case 2:
            let count = Int(input.byte())
            append(input.bytes(count))
        case 3:
            append([UInt8](repeating: 0, count: 8 * Int(input.byte())))
        case 4:
            damage.append((input.short() << 3 | Int(input.byte()), input.byte()))
        case 5:
            // A header with the right magic and whatever else.
            var forged = input.bytes(Frame.headerBytes - 4)
            withUnsafeBytes(of: codec.magic.littleEndian) { forged.insert(contentsOf: $0, at: 0) }
            append(forged)
        case 6:
            length = input.short()
        case 7:
            sequence &+= UInt64(input.short())
        case 8:
            // An old frame once more, as a torn copy would leave it.
            guard let last = sealed.last else { break }
            append(Array(file[last.covered].prefix(input.short())))
        case 9:
            return false
        default:
            seal(input.bytes(8), kind: 1)
        }
        return true
    }

    private mutating func seal(_ payload: [UInt8], kind: UInt8) {
        sequence &+= 1
        let offset = file.count
        let frame = Self.frame(payload, kind: kind, sequence: sequence, time: sequence &* 1_000, codec: codec)
        append(frame)
        sealed.append(Sealed(offset: offset, sequence: sequence, kind: kind, payload: payload))
    }

    private mutating func append(_ bytes: [UInt8]) {
        file += bytes
        file += [UInt8](repeating: 0, count: (8 - file.count % 8) % 8)
    }

    /// A frame as the writer makes it.
    static func frame(
        _ payload: [UInt8], kind: UInt8, sequence: UInt64, time: UInt64, codec: FrameCodec
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Frame.headerBytes) + payload
        bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            codec.seal(start, length: payload.count, kind: kind, sequence: sequence, time: time)
        }
        return bytes
    }
}
