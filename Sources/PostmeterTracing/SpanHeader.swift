import PostmeterModel
import Synchronization

/// What a slot knows of its span beside the bytes of the body; it stands before them.
struct SpanHeader: ~Copyable {
    /// The bytes that a header takes in a slot.
    static let size = 64

    /// The number of the slot, plus one.
    ///
    /// It stands first: ThreadSanitizer notes a change of any field at the address of the first one, and `next`
    /// is read by threads that then find the slot taken.
    var number: UInt32
    /// The slot beneath this one on a stack, plus one; 0 at the bottom.
    let next: Atomic<UInt32>
    /// The pool's memory, which begins with its ``SpanRegion``.
    var region: UnsafeMutablePointer<SpanRegion>
    /// The start in nanoseconds since the Unix epoch, or in ticks.
    var start: UInt64
    /// The end, likewise.
    var end: UInt64
    /// The bytes of the body so far.
    var used: UInt16
    /// Where the start's eight bytes stand in the body; the end's stand nine later.
    var startOffset: UInt16
    /// Where the status field stands, and its length; 0 when there is none.
    var statusOffset: UInt16
    var statusLength: UInt16
    /// The keys set so far, each by up to two bits: a clear one says that a key is new.
    var keys: UInt64
    var attributes: UInt8
    var events: UInt8
    var links: UInt8
    var marks: Marks
    /// The lane that the span ended on.
    var lane: UInt8
    var droppedAttributes: UInt16
    var droppedEvents: UInt16
    var droppedLinks: UInt16
    /// The field `flags` of the body, of which only the lower ten bits are ever set.
    var flags: UInt16

    init(number: UInt32, region: UnsafeMutablePointer<SpanRegion>, marks: Marks) {
        self.number = number
        next = Atomic(0)
        self.region = region
        start = 0
        end = 0
        used = 0
        startOffset = 0
        statusOffset = 0
        statusLength = 0
        keys = 0
        attributes = 0
        events = 0
        links = 0
        self.marks = marks
        lane = 0
        droppedAttributes = 0
        droppedEvents = 0
        droppedLinks = 0
        flags = 0
    }

    struct Marks: OptionSet {
        let rawValue: UInt8
        /// `start` is in ticks.
        static let startInTicks = Marks(rawValue: 1)
        /// `end` is in ticks.
        static let endInTicks = Marks(rawValue: 2)
        /// The status is final.
        static let statusIsOK = Marks(rawValue: 4)
        /// Strings may be read by their words.
        static let readsWords = Marks(rawValue: 8)
    }
}
