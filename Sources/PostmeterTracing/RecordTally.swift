/// What a slot knows of the rarer parts of its record; it stands behind the body.
///
/// It is not touched, and holds what an earlier record left, until the mark `hasTally` is set.
struct RecordTally {
    /// The bytes that a tally takes in a slot.
    static let size = 64

    /// The bytes of the buffer on the heap.
    var capacity: UInt32 = 0
    var droppedAttributes: UInt32 = 0
    var droppedEvents: UInt32 = 0
    var droppedLinks: UInt32 = 0
    var events: UInt16 = 0
    var links: UInt16 = 0
    /// Where the status field stands, and its length; 0 when there is none.
    var statusOffset: UInt16 = 0
    var statusLength: UInt16 = 0
    /// The attributes before this place are in the ``RecordFilter``; 0 when it was not made yet.
    var filtered: UInt16 = 0
}
