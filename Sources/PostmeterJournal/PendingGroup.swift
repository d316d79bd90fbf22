import Glibc

/// Records that wait for the disk, as frames without their headers.
///
/// Not thread-safe: it stands behind the journal's lock while it fills, and is the writer's alone after.
final class PendingGroup {
    /// One record: what its header will say, and whom to tell.
    struct Record {
        let offset: Int
        let length: Int
        let time: UInt64
        let kind: UInt8
        let onDurable: @Sendable (Result<JournalPosition, JournalError>) -> Void

        var frameBytes: Int { Frame.bytes(payload: length) }
    }

    /// Memory that is kept whatever the last groups needed, and how many small groups give the rest back.
    private static let usualBytes = 1 << 20
    static let patience = 256
    private(set) var records: [Record] = []
    /// The bytes of all frames.
    private(set) var count = 0
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

    /// Adds a record whose payload of `length` bytes `fill` writes.
    func add(
        kind: UInt8,
        length: Int,
        time: UInt64,
        onDurable: @escaping @Sendable (Result<JournalPosition, JournalError>) -> Void,
        fill: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let offset = count
        let end = offset + Frame.bytes(payload: length)
        let payload = offset + Frame.headerBytes
        fill(UnsafeMutableRawBufferPointer(start: bytes + payload, count: length))
        // The padding and the mark. A frame's first 8 bytes stay zero until it is sealed, so that they are
        // the mark of what stands before it when a group is cut there.
        memset(bytes + payload + length, 0, end + Frame.markBytes - payload - length)
        count = end
        records.append(Record(offset: offset, length: length, time: time, kind: kind, onDurable: onDurable))
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
        memset(bytes, 0, Frame.markBytes)
    }
}
