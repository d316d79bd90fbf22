import Glibc

/// Records that wait for the disk, as frames without their headers.
///
/// Of a record with held bytes only what stands before them is in the buffer; they are written from where they are.
/// Not thread-safe: it stands behind the journal's lock while it fills, and is the writer's alone after.
final class PendingGroup {
    /// One record: what its header will say, and whom to tell.
    struct Record {
        let offset: Int
        /// Bytes of the whole payload.
        let length: Int
        let time: UInt64
        let kind: UInt8
        /// The end of the payload, when it is not in the buffer.
        var held: HeldBytes?
        let onDurable: @Sendable (Result<JournalPosition, JournalError>) -> Void

        /// Bytes on disk.
        var frameBytes: Int { Frame.bytes(payload: length) }
        var heldCount: Int { held?.bytes.count ?? 0 }
        /// Bytes of the payload that are in the buffer.
        var bufferedLength: Int { length - heldCount }
        /// Bytes that it takes up in the buffer.
        var bufferBytes: Int { PendingGroup.bufferBytes(payload: length, held: heldCount) }
    }

    /// Memory that is kept whatever the last groups needed, and how many small groups give the rest back.
    private static let usualBytes = 1 << 20
    static let patience = 256
    private(set) var records: [Record] = []
    /// The bytes of all frames, but for those that are held.
    private(set) var count = 0
    /// The bytes that are held.
    private(set) var heldCount = 0
    /// The frames; 8 zero bytes always follow them.
    ///
    /// All that the limits allow is reserved at once and becomes memory as it is used, so that appending never
    /// copies what is already there.
    let bytes: UnsafeMutableRawPointer
    private let capacity: Int
    /// The most bytes used since memory was last given back, and how many groups needed less than is usual.
    private var usedBytes = 0
    private var smallGroups = 0

    init(_ configuration: Journal.Configuration) {
        capacity = configuration.pendingBytesCapacity + Frame.markBytes
        bytes = .allocate(byteCount: capacity, alignment: 4_096)
        memset(bytes, 0, Frame.markBytes)
    }

    deinit {
        bytes.deallocate()
    }

    /// The bytes of the buffer that a payload of `payload` bytes takes up, when `held` of them are held.
    ///
    /// Behind what stands before held bytes there are zeros for the padding that follows those on disk.
    static func bufferBytes(payload: Int, held: Int) -> Int {
        held == 0 ? Frame.bytes(payload: payload) : Frame.bytes(payload: payload - held) + Frame.markBytes
    }

    /// Adds a record whose payload of `length` bytes `fill` writes, but for the held bytes at its end.
    func add(
        kind: UInt8,
        length: Int,
        time: UInt64,
        held: HeldBytes? = nil,
        onDurable: @escaping @Sendable (Result<JournalPosition, JournalError>) -> Void,
        fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let offset = count
        let record = Record(
            offset: offset, length: length, time: time, kind: kind, held: held, onDurable: onDurable)
        let end = offset + record.bufferBytes
        let payload = offset + Frame.headerBytes
        let filled = record.bufferedLength
        fill(UnsafeMutableRawBufferPointer(start: bytes + payload, count: filled))
        // The padding and the mark. A frame's first 8 bytes stay zero until it is sealed, so that they are
        // the mark of what stands before it when a group is cut there.
        memset(bytes + payload + filled, 0, end + Frame.markBytes - payload - filled)
        count = end
        heldCount += record.heldCount
        records.append(record)
    }

    /// The frames of some records and the mark behind them, in the order in which they stand on disk.
    func parts(of range: Range<Int>) -> [UnsafeRawBufferPointer] {
        var parts: [UnsafeRawBufferPointer] = []
        guard let first = records[range].first else { return parts }
        var (from, end) = (first.offset, first.offset)
        for record in records[range] {
            end = record.offset + record.bufferBytes
            guard let held = record.held else { continue }
            let before = record.offset + Frame.headerBytes + record.bufferedLength
            parts.append(UnsafeRawBufferPointer(start: bytes + from, count: before - from))
            parts.append(held.bytes)
            // The padding comes right before what follows in the buffer.
            from = end - (record.frameBytes - Frame.headerBytes - record.length)
        }
        parts.append(UnsafeRawBufferPointer(start: bytes + from, count: end + Frame.markBytes - from))
        return parts
    }

    /// Lets go of the held bytes of some records, which are on disk.
    func letGo(of range: Range<Int>) {
        for index in range where records[index].held != nil { records[index].held = nil }
    }

    /// Forgets all records, and after some small groups the memory that a large one took.
    func removeAll() {
        usedBytes = max(usedBytes, count)
        smallGroups = count > Self.usualBytes ? 0 : smallGroups + 1
        if smallGroups >= Self.patience, usedBytes > Self.usualBytes {
            // Whole pages only: the last one may hold the memory of others, which the kernel would clear as well.
            let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
            madvise(bytes + Self.usualBytes, (capacity - Self.usualBytes) / page * page, MADV_DONTNEED)
            records = []
            usedBytes = 0
        } else {
            records.removeAll(keepingCapacity: true)
        }
        count = 0
        heldCount = 0
        memset(bytes, 0, Frame.markBytes)
    }
}
