import PostmeterModel
import Synchronization

/// What a slot knows of its record beside the bytes of the body; it stands before them.
///
/// What is seldom needed is in the ``RecordTally`` behind the body, so that the common record touches one
/// line of the cache less.
struct RecordHeader: ~Copyable {
    /// The bytes that a header takes in a slot.
    static let size = 64

    /// The number of the slot, plus one.
    ///
    /// It stands first: ThreadSanitizer notes a change of any field at the address of the first one, and `next`
    /// is read by threads that then find the slot taken.
    var number: UInt32
    /// The slot beneath this one on a stack, plus one; 0 at the bottom.
    let next: Atomic<UInt32>
    /// The pool's memory, which begins with its ``RecordRegion``.
    var region: UnsafeMutablePointer<RecordRegion>
    /// The start of a span, or the time of a log record: in nanoseconds since the Unix epoch, or in ticks.
    var start: UInt64
    /// The end of a span, or when a log record was observed, likewise.
    var end: UInt64
    /// The bytes of the body so far.
    var used: UInt16
    /// The end of the body for attributes written the short way; 0 when all must go the long way.
    var shortEnd: UInt16
    /// Where the start's eight bytes stand in the body; the end's stand nine later.
    var startOffset: UInt16
    /// The field `flags` of the body, of which only the lower ten bits are ever set.
    var flags: UInt16
    /// The keys set so far, each by up to two bits: a clear one says that a key is new.
    var keys: UInt64
    var attributes: UInt16
    /// The most attributes.
    let attributeLimit: UInt16
    var marks: Marks
    /// The lane that the record was handed on by.
    var lane: UInt8
    /// The scope of a log record, by its place in the ``LogScopes``.
    var scope: UInt16
    /// Where the body stands once it has left the slot, if it has.
    var heap: UnsafeMutableRawPointer?

    init(number: UInt32, region: UnsafeMutablePointer<RecordRegion>) {
        self.number = number
        next = Atomic(0)
        self.region = region
        start = 0
        end = 0
        used = 0
        shortEnd = RecordSlot.inlineEnd
        startOffset = 0
        flags = 0
        keys = 0
        attributes = 0
        attributeLimit = region.pointee.limits.attributes
        marks = region.pointee.limits.readsWords ? .readsWords : []
        lane = 0
        scope = 0
        heap = nil
    }

    struct Marks: OptionSet {
        let rawValue: UInt8
        /// `start` is in ticks.
        static let startInTicks = Marks(rawValue: 1)
        /// `end` is in ticks.
        static let endInTicks = Marks(rawValue: 2)
        /// The status is final.
        static let statusIsOK = Marks(rawValue: 4)
        /// Strings may be read by their words, and short ones need no look at a limit.
        static let readsWords = Marks(rawValue: 8)
        /// The tally is that of this record.
        static let hasTally = Marks(rawValue: 16)
    }
}
