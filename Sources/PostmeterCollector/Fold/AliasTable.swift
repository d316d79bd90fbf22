internal import PostmeterMail
internal import PostmeterModel

/// The traces of messages by their other names: what joins a platform's id of a mail and its Message-ID where
/// some events carry only one of them.
///
/// A ring: the newest `limit` names are known.
struct AliasTable {
    /// How many names are known at the most, 56 to 72 bytes each.
    static let limit = 65_536

    /// The ids that the trace of a message is made of.
    struct Identity: Equatable {
        var traceID: TraceID
        var rootID: SpanID
        var deliverID: SpanID
    }

    private struct Slot {
        var key: UInt64
        var identity: Identity
    }

    private let limit: Int
    /// The place in `slots` of each key.
    private var places = FingerprintTable(hasWords: true)
    private var slots: [Slot] = []
    /// The oldest slot, once the ring is full.
    private var oldest = 0
    private var pending: [UInt64] = []
    private var written = 0

    init(limit: Int = AliasTable.limit) {
        self.limit = max(1, limit)
    }

    /// The number of names that are known.
    var count: Int { slots.count }

    /// What a name stands for.
    subscript(key: UInt64) -> Identity? {
        guard let place = places[key] else { return nil }
        return slots[Int(place)].identity
    }

    /// Gives a message another name, unless the name is known.
    mutating func set(_ identity: Identity, for key: UInt64) {
        let key = max(key, 1)
        guard places[key] == nil else { return }
        let slot = Slot(key: key, identity: identity)
        if slots.count < limit {
            _ = places.set(UInt64(slots.count), for: key)
            slots.append(slot)
        } else {
            places.remove(slots[oldest].key)
            _ = places.set(UInt64(oldest), for: key)
            slots[oldest] = slot
            oldest = (oldest + 1) % limit
        }
        pending += Self.words(of: slot)
    }

    private static func words(of slot: Slot) -> [UInt64] {
        let identity = slot.identity
        return [
            slot.key, identity.traceID.high, identity.traceID.low, identity.rootID.value,
            identity.deliverID.value,
        ]
    }
}

/// The way to the database and back, as ``WaitingTable`` has it.
extension AliasTable {
    private static let width = 5

    /// What the next checkpoint is to write; nil when nothing changed.
    func takeBatch() -> WaitingTable.Batch? {
        guard !pending.isEmpty else { return nil }
        guard written + pending.count / Self.width > 2 * limit else {
            return .init(replacesAll: false, words: pending)
        }
        let ordered = slots[oldest...] + slots[..<oldest]
        return .init(replacesAll: true, words: ordered.flatMap(Self.words))
    }

    /// Says that a checkpoint holds the batch that was taken last.
    mutating func didSave(_ batch: WaitingTable.Batch) {
        written = (batch.replacesAll ? 0 : written) + batch.words.count / Self.width
        pending.removeAll(keepingCapacity: pending.count < 1 << 16)
    }

    /// Takes back a batch, oldest first.
    mutating func restore(_ batch: WaitingTable.Batch) {
        let words = batch.words
        for place in stride(from: 0, to: words.count - Self.width + 1, by: Self.width) {
            set(
                Identity(
                    traceID: TraceID(high: words[place + 1], low: words[place + 2]),
                    rootID: SpanID(words[place + 3]), deliverID: SpanID(words[place + 4])),
                for: words[place])
        }
        written += words.count / Self.width
        pending.removeAll(keepingCapacity: true)
    }
}
