import PostmeterModel

/// One slot of the pool: the OTLP `Span` message of a live span, written as the span goes.
///
/// A slot has one owner at a time: the span, then the stack of ended spans, then the drainer, then the
/// stack of free slots. Only the owner touches it, `SpanHeader.next` aside.
///
/// The body begins with ids, name, kind and times; attributes, events, links and the status follow in the
/// order of the calls; the counts of what did not fit and the flags come last. Source: opentelemetry-proto
/// 1.x, `trace.proto`; protocol buffers let fields stand in any order.
struct SpanSlot {
    /// The most bytes of a body.
    static let bodyLimit = 2_048
    /// The distance of two slots: a line more than a power of two, so that the headers of many slots do
    /// not fall on the same few lines of a cache.
    static let stride = SpanHeader.size + bodyLimit + 64
    /// What every body keeps free for its end: three counts, the flags, and 16 bytes that a copy may
    /// overrun.
    static let reserve = 3 * 4 + 6 + 16
    /// The most attributes, events and links of a span, each; the rest is counted.
    static let countLimit = 128
    /// The most bytes of a name; a longer one is cut.
    static let nameLimit = 255
    /// The most bytes of a vendors' state; a longer one is left out.
    ///
    /// Source: W3C Trace Context, 3.3.1.5.
    static let stateLimit = 512

    let header: UnsafeMutablePointer<SpanHeader>

    @inline(__always)
    init(header: UnsafeMutablePointer<SpanHeader>) {
        self.header = header
    }

    @inline(__always)
    init(at place: UnsafeMutableRawPointer) {
        header = place.assumingMemoryBound(to: SpanHeader.self)
    }

    @inline(__always)
    var body: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(header) + SpanHeader.size
    }

    /// The body as it stands.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: body, count: Int(header.pointee.used))
    }

    /// Writes the head of a body.
    ///
    /// `parent` is the parent's id, 0 for none.
    @inline(__always)
    func begin(_ identity: SpanIdentity, state: String, parent: UInt64, kind: SpanKind, name: TextView) {
        header.pointee.marks.formIntersection(.readsWords)
        header.pointee.statusOffset = 0
        header.pointee.keys = 0
        header.pointee.attributes = 0
        header.pointee.events = 0
        header.pointee.links = 0
        header.pointee.droppedAttributes = 0
        header.pointee.droppedEvents = 0
        header.pointee.droppedLinks = 0
        header.pointee.flags = identity.bodyFlags
        var place = body
        place.storeBytes(of: 0x100a, as: UInt16.self)
        place.storeBytes(of: identity.traceID.high.bigEndian, toByteOffset: 2, as: UInt64.self)
        place.storeBytes(of: identity.traceID.low.bigEndian, toByteOffset: 10, as: UInt64.self)
        place.storeBytes(of: 0x0812, toByteOffset: 18, as: UInt16.self)
        place.storeBytes(of: identity.spanID.value.bigEndian, toByteOffset: 20, as: UInt64.self)
        place += 28
        if !state.isEmpty {
            place = writeState(state, at: place)
        }
        if parent != 0 {
            place.storeBytes(of: 0x0822, as: UInt16.self)
            place.storeBytes(of: parent.bigEndian, toByteOffset: 2, as: UInt64.self)
            place += 10
        }
        if name.count > 0 {
            place = writeName(name, at: place)
        }
        place.storeBytes(of: 0x30, as: UInt8.self)
        place.storeBytes(of: kind.rawValue, toByteOffset: 1, as: UInt8.self)
        place.storeBytes(of: 0x39, toByteOffset: 2, as: UInt8.self)
        place.storeBytes(of: 0x41, toByteOffset: 11, as: UInt8.self)
        header.pointee.startOffset = UInt16(truncatingIfNeeded: body.distance(to: place) + 3)
        header.pointee.used = UInt16(truncatingIfNeeded: body.distance(to: place) + 20)
    }

    /// Writes the end of a body: what was dropped, and the flags.
    @inline(__always)
    func finish() {
        var place = body + Int(header.pointee.used)
        if header.pointee.droppedAttributes | header.pointee.droppedEvents | header.pointee.droppedLinks != 0
        {
            place = writeDropped(header.pointee.droppedAttributes, tag: 0x50, at: place)
            place = writeDropped(header.pointee.droppedEvents, tag: 0x60, at: place)
            place = writeDropped(header.pointee.droppedLinks, tag: 0x70, at: place)
        }
        place.storeBytes(of: 0x0185, as: UInt16.self)
        place.storeBytes(of: UInt32(header.pointee.flags), toByteOffset: 2, as: UInt32.self)
        header.pointee.used = UInt16(truncatingIfNeeded: body.distance(to: place) + 6)
    }

    /// Puts the times into their places; no span ends before it starts.
    @inline(__always)
    func setTimes(by clock: SpanClock) {
        let marks = header.pointee.marks
        let start = marks.contains(.startInTicks) ? clock.unix(header.pointee.start) : header.pointee.start
        let end = marks.contains(.endInTicks) ? clock.unix(header.pointee.end) : header.pointee.end
        let place = body + Int(header.pointee.startOffset)
        place.storeBytes(of: start.littleEndian, as: UInt64.self)
        place.storeBytes(of: max(start, end).littleEndian, toByteOffset: 9, as: UInt64.self)
    }

    /// A place for `count` more bytes, or nil when they do not fit.
    @inline(__always)
    func room(for count: Int) -> UnsafeMutableRawPointer? {
        let used = Int(header.pointee.used)
        return count <= Self.bodyLimit - Self.reserve - used ? body + used : nil
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

    /// One more, unless the counter is at its end.
    @inline(__always)
    static func increment(_ count: UInt16) -> UInt16 {
        count == .max ? count : count + 1
    }

    /// Takes bytes out of the body and closes the gap.
    func remove(_ range: Range<Int>) {
        let used = Int(header.pointee.used)
        (body + range.lowerBound).copyMemory(
            from: body + range.upperBound,
            byteCount: used - range.upperBound
        )
        header.pointee.used = UInt16(used - range.count)
        if Int(header.pointee.statusOffset) > range.lowerBound {
            header.pointee.statusOffset -= UInt16(range.count)
        }
    }

    @inline(never)
    private func writeState(_ state: String, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        var text = state
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty, bytes.count <= Self.stateLimit, let start = bytes.baseAddress else {
                return place
            }
            place.storeBytes(of: 0x1a, as: UInt8.self)
            let target = Self.writeVarint(UInt64(bytes.count), at: place + 1)
            target.copyMemory(from: start, byteCount: bytes.count)
            return target + bytes.count
        }
    }

    private func writeDropped(
        _ count: UInt16,
        tag: UInt8,
        at place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        guard count > 0 else { return place }
        place.storeBytes(of: tag, as: UInt8.self)
        return Self.writeVarint(UInt64(count), at: place + 1)
    }

    @inline(__always)
    private func writeName(_ name: TextView, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        let count = name.count <= Self.nameLimit ? name.count : Self.cut(name)
        place.storeBytes(of: 0x2a, as: UInt8.self)
        let target = Self.writeVarint(UInt64(count), at: place + 1)
        if count == name.count {
            name.copy(to: target)
        } else if let start = name.start {
            target.copyMemory(from: start, byteCount: count)
        }
        return target + count
    }

    /// The bytes of a long name that are kept: no character is cut in two.
    @inline(never)
    private static func cut(_ name: TextView) -> Int {
        guard let start = name.start else { return name.count }
        var count = nameLimit
        while count > 0, start.load(fromByteOffset: count, as: UInt8.self) & 0xc0 == 0x80 {
            count -= 1
        }
        return count
    }
}
