/// What a person wants done with a dead letter, as a record of the journal.
///
/// Layout, little-endian: version (1 byte, 1), what is wanted (1), number of the letter (8), its accepted-at (8);
/// for a replay the rest is the envelope, so that the fold needs nothing but the journal.
struct DeadLetterOrder: Equatable {
    /// What is wanted.
    enum Action: UInt8, Sendable {
        /// Decode it again, as if it came in now, at the time it was accepted at.
        case replay = 1
        /// Keep it no longer.
        case remove = 2
    }

    /// What is wanted.
    var action: Action
    /// The letter's place in the journal.
    var sequence: UInt64
    /// When it was accepted, in nanoseconds since the Unix epoch.
    var acceptedAt: UInt64

    private static let version: UInt8 = 1
    private static let headBytes = 18

    /// The record's bytes; an envelope is left out where nothing is to be decoded.
    func encoded(envelope: [UInt8]) -> [UInt8] {
        var bytes = [Self.version, action.rawValue]
        bytes.reserveCapacity(Self.headBytes + envelope.count)
        for word in [sequence, acceptedAt] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        if action == .replay { bytes += envelope }
        return bytes
    }

    /// Reads a record, with the envelope where it stands in `bytes`; nil when the bytes are not one.
    static func read(
        _ bytes: UnsafeRawBufferPointer
    ) -> (order: DeadLetterOrder, envelope: UnsafeRawBufferPointer)? {
        guard bytes.count >= headBytes, bytes[0] == version, let action = Action(rawValue: bytes[1]) else {
            return nil
        }
        func word(at offset: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return (
            DeadLetterOrder(action: action, sequence: word(at: 2), acceptedAt: word(at: 10)),
            UnsafeRawBufferPointer(rebasing: bytes[headBytes...])
        )
    }
}
