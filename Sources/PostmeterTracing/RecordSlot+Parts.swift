import PostmeterModel

// Events (field 11), links (field 13) and the status (field 15) of a span.
extension RecordSlot {
    @inline(never)
    func addEvent(_ name: String, at time: UInt64, _ attributes: [Attribute]) {
        let more =
            attributes.isEmpty
            ? []
            : encoded(attributes, limit: Int(limits.attributesPerEvent), tag: AttributeField.scope.tag, 0x20)
        TextView.with(name) { name in
            let inner = 9 + Self.fieldLength(name.count) + more.count
            guard tally().pointee.events < limits.events, let begin = room(for: Self.fieldLength(inner))
            else {
                drop(\.droppedEvents)
                return
            }
            tally().pointee.events += 1
            var place = Self.open(0x5a, inner, at: begin)
            place.storeBytes(of: 0x09, as: UInt8.self)
            place.storeBytes(of: time.littleEndian, toByteOffset: 1, as: UInt64.self)
            place = Self.writeText(name, tag: 0x12, at: place + 9)
            if !more.isEmpty { Self.copy(more, to: place) }
            header.pointee.used += UInt16(Self.fieldLength(inner))
        }
    }

    @inline(never)
    func addLink(_ context: SpanContext, _ attributes: [Attribute]) {
        let more =
            attributes.isEmpty
            ? []
            : encoded(attributes, limit: Int(limits.attributesPerLink), tag: AttributeField.link.tag, 0x28)
        let state = context.state.isEmpty ? 0 : context.state.utf8.count
        let inner = 33 + (state == 0 || state > Self.stateLimit ? 0 : Self.fieldLength(state)) + more.count
        guard tally().pointee.links < limits.links, context.isValid,
            let begin = room(for: Self.fieldLength(inner))
        else {
            drop(\.droppedLinks)
            return
        }
        tally().pointee.links += 1
        var place = Self.open(0x6a, inner, at: begin)
        place.storeBytes(of: 0x100a, as: UInt16.self)
        place.storeBytes(of: context.traceID.high.bigEndian, toByteOffset: 2, as: UInt64.self)
        place.storeBytes(of: context.traceID.low.bigEndian, toByteOffset: 10, as: UInt64.self)
        place.storeBytes(of: 0x0812, toByteOffset: 18, as: UInt16.self)
        place.storeBytes(of: context.spanID.value.bigEndian, toByteOffset: 20, as: UInt64.self)
        let origin = context.isRemote ? SpanIdentity.parentIsRemote : SpanIdentity.parentIsLocal
        place.storeBytes(of: 0x35, toByteOffset: 28, as: UInt8.self)
        place.storeBytes(of: UInt32(UInt16(context.flags) | origin), toByteOffset: 29, as: UInt32.self)
        place += 33
        if state > 0 { place = Self.writeState(context.state, at: place) }
        if !more.isEmpty { Self.copy(more, to: place) }
        header.pointee.used += UInt16(Self.fieldLength(inner))
    }

    /// Sets the status; `unset` is no news, and after `ok` nothing changes any more.
    ///
    /// Source: OpenTelemetry specification, "Tracing API", section "Set Status".
    func setStatus(_ status: SpanStatus) {
        guard status != .unset, !header.pointee.marks.contains(.statusIsOK) else { return }
        let tally = tally()
        if tally.pointee.statusOffset != 0 {
            let offset = Int(tally.pointee.statusOffset)
            tally.pointee.statusOffset = 0
            replace(offset..<(offset + Int(tally.pointee.statusLength)), by: 0)
        }
        switch status {
        case .unset: return
        case .ok:
            header.pointee.marks.insert(.statusIsOK)
            appendStatus(1, TextView.empty)
        case .error(let description):
            TextView.with(description) { appendStatus(2, $0) }
        }
    }

    /// Writes the status, without the description when there is no room for it.
    private func appendStatus(_ code: UInt8, _ description: TextView) {
        let text = description.count == 0 ? 0 : Self.fieldLength(description.count)
        guard let begin = room(for: Self.fieldLength(2 + text)) else {
            if text > 0 { appendStatus(code, .empty) }
            return
        }
        let length = Self.fieldLength(2 + text)
        let tally = tally()
        tally.pointee.statusOffset = header.pointee.used
        tally.pointee.statusLength = UInt16(length)
        var place = Self.open(0x7a, 2 + text, at: begin)
        if text > 0 { place = Self.writeText(description, tag: 0x12, at: place) }
        place.storeBytes(of: 0x18, as: UInt8.self)
        place.storeBytes(of: code, toByteOffset: 1, as: UInt8.self)
        header.pointee.used += UInt16(length)
    }

    /// Writes a tag and a length.
    @inline(__always)
    private static func open(_ tag: UInt8, _ length: Int, at place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        place.storeBytes(of: tag, as: UInt8.self)
        return writeVarint(UInt64(length), at: place + 1)
    }

    private static func copy(_ bytes: [UInt8], to place: UnsafeMutableRawPointer) {
        bytes.withUnsafeBytes { TextView($0).copyExactly(to: place) }
    }

    /// The attributes of an event or link, up to the limit, and the count of those beyond it.
    private func encoded(_ attributes: [Attribute], limit: Int, tag: UInt8, _ droppedTag: UInt8) -> [UInt8] {
        var writer = ProtobufWriter()
        var kept = 0
        for attribute in attributes where kept < limit && !attribute.key.isEmpty {
            writer.append(Attribute(attribute.key, limits.cut(attribute.value)), tag: tag)
            kept += 1
        }
        if attributes.count > kept {
            writer.bytes.append(droppedTag)
            writer.varint(UInt64(attributes.count - kept))
        }
        return writer.bytes
    }
}
