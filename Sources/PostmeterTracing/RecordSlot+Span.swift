import PostmeterModel

// The head and the end of a `Span`.
extension RecordSlot {
    /// The most bytes of a name; a longer one is cut.
    static let nameLimit = 255
    /// Where the ids end.
    private static let idsLength = 28

    /// Writes the head of a body.
    ///
    /// `parent` is the parent's id, 0 for none.
    @inline(__always)
    func begin(_ identity: SpanIdentity, state: String, parent: UInt64, kind: SpanKind, name: TextView) {
        reset(flags: identity.bodyFlags)
        let body = inlineBody
        var place = body
        place.storeBytes(of: 0x100a, as: UInt16.self)
        place.storeBytes(of: identity.traceID.high.bigEndian, toByteOffset: 2, as: UInt64.self)
        place.storeBytes(of: identity.traceID.low.bigEndian, toByteOffset: 10, as: UInt64.self)
        place.storeBytes(of: 0x0812, toByteOffset: 18, as: UInt16.self)
        place.storeBytes(of: identity.spanID.value.bigEndian, toByteOffset: 20, as: UInt64.self)
        place += Self.idsLength
        if !state.isEmpty {
            place = Self.writeState(state, at: place)
        }
        if parent != 0 {
            place.storeBytes(of: 0x0822, as: UInt16.self)
            place.storeBytes(of: parent.bigEndian, toByteOffset: 2, as: UInt64.self)
            place += 10
        }
        if name.count > 0 {
            place = Self.writeText(name.cut(to: Self.nameLimit), tag: 0x2a, at: place)
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
        if header.pointee.marks.contains(.hasTally) {
            let tally = tally().pointee
            place = writeDropped(tally.droppedAttributes, tag: 0x50, at: place)
            place = writeDropped(tally.droppedEvents, tag: 0x60, at: place)
            place = writeDropped(tally.droppedLinks, tag: 0x70, at: place)
        }
        place.storeBytes(of: 0x0185, as: UInt16.self)
        place.storeBytes(of: UInt32(header.pointee.flags), toByteOffset: 2, as: UInt32.self)
        header.pointee.used = UInt16(truncatingIfNeeded: body.distance(to: place) + 6)
    }

    /// Ends the span and hands the slot to the drainer.
    @inline(__always)
    func close(at moment: RecordMoment) {
        setEnd(moment)
        finish()
        header.pointee.region.push(self)
    }

    /// Puts another name into the head; when there is no room for a longer one, the old name stays.
    @inline(never)
    func setName(_ name: String) {
        TextView.with(name) { name in
            let name = name.cut(to: Self.nameLimit)
            let old = nameRange()
            let length = name.count == 0 ? 0 : Self.fieldLength(name.count)
            if length > old.count, room(for: length - old.count) == nil { return }
            replace(old, by: length)
            header.pointee.startOffset = UInt16(Int(header.pointee.startOffset) + length - old.count)
            guard length > 0 else { return }
            // Not by `writeText`, which may write beyond the text.
            let place = body + old.lowerBound
            place.storeBytes(of: 0x2a, as: UInt8.self)
            name.copyExactly(to: Self.writeVarint(UInt64(name.count), at: place + 1))
        }
    }

    /// Where the field of the name stands, or would.
    private func nameRange() -> Range<Int> {
        var offset = Self.idsLength
        let end = Int(header.pointee.startOffset) - 3
        while offset < end {
            let (length, start) = Self.readVarint(at: body + offset + 1)
            let next = UnsafeRawPointer(body).distance(to: start) + length
            if body.load(fromByteOffset: offset, as: UInt8.self) == 0x2a { return offset..<next }
            offset = next
        }
        return end..<end
    }

    /// Writes a vendors' state as field 3, which it is in spans and links.
    @inline(never)
    static func writeState(_ state: String, at place: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        TextView.with(state) { text in
            guard text.count > 0, text.count <= stateLimit else { return place }
            return writeText(text, tag: 0x1a, at: place)
        }
    }
}
