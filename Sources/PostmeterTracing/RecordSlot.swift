import PostmeterModel

/// One slot of a pool: the OTLP message of a live span or of a log record, written as it goes.
///
/// A slot has one owner at a time: the span, then the stack of ended records, then the drainer, then the
/// stack of free slots. Only the owner touches it, `RecordHeader.next` aside.
///
/// A body begins with what is known at once, the times last; what is added later follows in the order of the
/// calls, each field with a length; what was counted comes at the end. Source: opentelemetry-proto 1.x,
/// `trace.proto`, `logs.proto`; protocol buffers let fields stand in any order.
///
/// A body that the slot cannot hold goes on in a buffer on the heap (`RecordSlot+Growth.swift`).
struct RecordSlot {
    /// The most bytes of a body in its slot.
    static let bodyLimit = 2_048
    /// The distance of two slots: a line more than a power of two, so that the headers of many slots do
    /// not fall on the same few lines of a cache.
    static let stride = RecordHeader.size + bodyLimit + RecordTally.size + RecordFilter.size
    /// What every body keeps free for its end: three counts, the flags, and 16 bytes that a copy may
    /// overrun.
    static let reserve = 3 * 6 + 6 + 16
    /// Where a body in its slot ends for all but its end.
    static let inlineEnd = UInt16(bodyLimit - reserve)
    /// The distance from the start's eight bytes to what follows the times.
    static let timesLength = 17
    /// The most bytes of a vendors' state; a longer one is left out.
    ///
    /// Source: W3C Trace Context, 3.3.1.5.
    static let stateLimit = 512

    let header: UnsafeMutablePointer<RecordHeader>

    @inline(__always)
    init(header: UnsafeMutablePointer<RecordHeader>) {
        self.header = header
    }

    @inline(__always)
    init(at place: UnsafeMutableRawPointer) {
        header = place.assumingMemoryBound(to: RecordHeader.self)
    }

    /// Where a body begins.
    @inline(__always)
    var inlineBody: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(header) + RecordHeader.size
    }

    /// Where the body stands now.
    @inline(__always)
    var body: UnsafeMutableRawPointer {
        header.pointee.heap ?? inlineBody
    }

    /// The body as it stands.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: body, count: Int(header.pointee.used))
    }

    /// The limits of the pool.
    @inline(__always)
    var limits: RecordLimits {
        header.pointee.region.pointee.limits
    }

    /// Forgets what the slot held before.
    @inline(__always)
    func reset(flags: UInt16) {
        header.pointee.marks.formIntersection(.readsWords)
        header.pointee.keys = 0
        header.pointee.attributes = 0
        header.pointee.flags = flags
    }

    /// The tally of this record, made now when there is none.
    @inline(__always)
    func tally() -> UnsafeMutablePointer<RecordTally> {
        let place = (inlineBody + Self.bodyLimit).assumingMemoryBound(to: RecordTally.self)
        if !header.pointee.marks.contains(.hasTally) {
            header.pointee.marks.insert(.hasTally)
            place.initialize(to: RecordTally())
        }
        return place
    }

    /// The filter of this record's keys, which is behind the tally.
    var filter: RecordFilter {
        RecordFilter(at: inlineBody + Self.bodyLimit + RecordTally.size)
    }

    /// Counts what was left out.
    @inline(never)
    func drop(_ count: WritableKeyPath<RecordTally, UInt32>, _ number: Int = 1) {
        let sum = Int(tally().pointee[keyPath: count]) + number
        tally().pointee[keyPath: count] = UInt32(clamping: sum)
    }

    /// A place for `count` more bytes, or nil when they do not fit.
    @inline(__always)
    func room(for count: Int) -> UnsafeMutableRawPointer? {
        let used = Int(header.pointee.used)
        if header.pointee.heap == nil, count <= Int(Self.inlineEnd) - used { return inlineBody + used }
        return grownRoom(for: count)
    }

    /// Takes `count` bytes out of the body at `offset` and puts room for `length` there.
    ///
    /// There must be room for what is more. The field that the range is of may stand before or behind the
    /// status, which moves along.
    func replace(_ range: Range<Int>, by length: Int) {
        let used = Int(header.pointee.used)
        let shift = length - range.count
        let tail = body + range.upperBound
        (tail + shift).copyMemory(from: tail, byteCount: used - range.upperBound)
        header.pointee.used = UInt16(used + shift)
        guard header.pointee.marks.contains(.hasTally) else { return }
        let tally = tally()
        if Int(tally.pointee.statusOffset) > range.lowerBound {
            tally.pointee.statusOffset = UInt16(Int(tally.pointee.statusOffset) + shift)
        }
        if Int(tally.pointee.filtered) > range.lowerBound {
            tally.pointee.filtered = UInt16(Int(tally.pointee.filtered) + shift)
        }
    }

    /// Writes a count of what was left out; nothing for 0.
    func writeDropped(_ count: UInt32, tag: UInt8, at place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        guard count > 0 else { return place }
        place.storeBytes(of: tag, as: UInt8.self)
        return Self.writeVarint(UInt64(count), at: place + 1)
    }

    /// Writes a short text, its length before it, and returns the place behind it.
    @inline(__always)
    static func writeText(_ text: TextView, tag: UInt8, at place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        place.storeBytes(of: tag, as: UInt8.self)
        let target = writeVarint(UInt64(text.count), at: place + 1)
        text.copy(to: target)
        return target + text.count
    }

    /// The bytes of ``writeText(_:tag:at:)``.
    @inline(__always)
    static func fieldLength(_ count: Int) -> Int {
        1 &+ varintLength(count) &+ count
    }

    /// Writes a varint and returns the place behind it.
    @inline(__always)
    static func writeVarint(_ value: UInt64, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var place = place
        var rest = value
        while rest >= 0x80 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            place += 1
            rest >>= 7
        }
        place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return place + 1
    }

    /// The bytes that a length takes as a varint.
    @inline(__always)
    static func varintLength(_ length: Int) -> Int {
        length < 0x80 ? 1 : length < 0x4000 ? 2 : ProtobufWriter.varintLength(UInt64(length))
    }

    /// Reads a varint that this slot wrote, and the place behind it.
    static func readVarint(at place: UnsafeRawPointer) -> (value: Int, end: UnsafeRawPointer) {
        var value = 0
        var shift = 0
        var place = place
        while true {
            let byte = place.load(as: UInt8.self)
            value |= Int(byte & 0x7f) << shift
            place += 1
            if byte < 0x80 { return (value, place) }
            shift += 7
        }
    }
}
