import PostmeterJournal

/// What stands before a request body in the spool.
///
/// 24 bytes, little-endian:
///
///     0  version     UInt8   1
///     1  signal      UInt8   1 metrics, 2 traces, 3 logs
///     2  flags       UInt8   bit 0: the body is gzip; bit 1: its points are differences
///     3  zero        UInt8
///     4  items       UInt32  points, spans or log records in the body
///     8  itemsBefore UInt64  those of all records that were ever written before, so that what is dropped
///                            whole, or lost with a damaged place, is counted to the item
///    16  bytesBefore UInt64  likewise the bytes of payloads
///
/// The time is the journal's.
struct SpoolRecord: Sendable, Hashable {
    static let headerBytes = 24
    static let kind: UInt8 = 1
    private static let version: UInt8 = 1

    let signal: ExportSignal
    let isCompressed: Bool
    let isDifferences: Bool
    let items: Int
    let itemsBefore: UInt64
    let bytesBefore: UInt64

    /// The bytes that stand before the body.
    var header: [UInt8] {
        let flags: UInt8 = (isCompressed ? 1 : 0) | (isDifferences ? 2 : 0)
        var bytes: [UInt8] = [Self.version, Self.code(signal), flags, 0]
        withUnsafeBytes(of: UInt32(clamping: items).littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: itemsBefore.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: bytesBefore.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Reads a payload's header; nil when it is none that this version writes.
    init?(_ payload: UnsafeRawBufferPointer) {
        guard payload.count >= Self.headerBytes, payload[0] == Self.version,
            let signal = ExportSignal.allCases.first(where: { Self.code($0) == payload[1] })
        else { return nil }
        self.signal = signal
        isCompressed = payload[2] & 1 != 0
        isDifferences = payload[2] & 2 != 0
        items = Int(UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        itemsBefore = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        bytesBefore = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    }

    init(
        signal: ExportSignal,
        isCompressed: Bool,
        isDifferences: Bool,
        items: Int,
        itemsBefore: UInt64,
        bytesBefore: UInt64
    ) {
        self.signal = signal
        self.isCompressed = isCompressed
        self.isDifferences = isDifferences
        self.items = items
        self.itemsBefore = itemsBefore
        self.bytesBefore = bytesBefore
    }

    private static func code(_ signal: ExportSignal) -> UInt8 {
        switch signal {
        case .metrics: 1
        case .traces: 2
        case .logs: 3
        }
    }
}

/// A request as it comes out of the spool.
struct SpooledRequest: Sendable {
    let record: SpoolRecord
    /// Its number in the journal.
    let sequence: UInt64
    /// When it was put there, in nanoseconds since the Unix epoch.
    let time: UInt64
    /// As it goes out.
    let body: [UInt8]

    init(record: SpoolRecord, sequence: UInt64, time: UInt64, body: [UInt8]) {
        self.record = record
        self.sequence = sequence
        self.time = time
        self.body = body
    }

    /// Reads a record of the journal; nil when it is none that this version writes.
    init?(_ found: JournalRecord) {
        guard found.kind == SpoolRecord.kind, let record = SpoolRecord(found.payload) else { return nil }
        self.init(
            record: record, sequence: found.sequence, time: found.time,
            body: Array(found.payload[SpoolRecord.headerBytes...]))
    }

    /// The place after it.
    var end: (sequence: UInt64, items: UInt64, bytes: UInt64) {
        (
            sequence + 1, record.itemsBefore + UInt64(record.items),
            record.bytesBefore + UInt64(SpoolRecord.headerBytes + body.count)
        )
    }
}
