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

    private static let usualBytes = 1 << 20
    private(set) var records: [Record] = []
    /// The bytes of all frames.
    private(set) var count = 0
    private var capacity = 64 << 10
    /// The frames; 8 zero bytes always follow them.
    private(set) var bytes: UnsafeMutableRawPointer

    init() {
        bytes = .allocate(byteCount: capacity, alignment: 64)
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
        reserve(end + Frame.markBytes)
        let payload = offset + Frame.headerBytes
        fill(UnsafeMutableRawBufferPointer(start: bytes + payload, count: length))
        // The padding and the mark. A frame's first 8 bytes stay zero until it is sealed, so that they are
        // the mark of what stands before it when a group is cut there.
        memset(bytes + payload + length, 0, end + Frame.markBytes - payload - length)
        count = end
        records.append(Record(offset: offset, length: length, time: time, kind: kind, onDurable: onDurable))
    }

    /// Forgets all records, and memory that is seldom needed.
    func removeAll() {
        records.removeAll(keepingCapacity: records.capacity <= 16_384)
        count = 0
        if capacity > Self.usualBytes {
            bytes.deallocate()
            capacity = Self.usualBytes
            bytes = .allocate(byteCount: capacity, alignment: 64)
        }
        memset(bytes, 0, Frame.markBytes)
    }

    private func reserve(_ needed: Int) {
        guard needed > capacity else { return }
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
        larger.copyMemory(from: bytes, byteCount: count + Frame.markBytes)
        bytes.deallocate()
        bytes = larger
    }
}
