import PostmeterModel

// Events (field 11), links (field 13) and the status (field 15).
extension SpanSlot {
    func addEvent(_ name: String, at time: UInt64, _ attributes: [Attribute]) {
        guard header.pointee.events < Self.countLimit else {
            header.pointee.droppedEvents = Self.increment(header.pointee.droppedEvents)
            return
        }
        var writer = ProtobufWriter()
        writer.bytes.append(0x09)
        writer.fixed64(time)
        writer.string(name, tag: 0x12)
        Self.append(attributes, tag: AttributeField.scope.tag, droppedTag: 0x20, to: &writer)
        if append(writer.bytes, tag: 0x5a) {
            header.pointee.events += 1
        } else {
            header.pointee.droppedEvents = Self.increment(header.pointee.droppedEvents)
        }
    }

    func addLink(_ context: SpanContext, _ attributes: [Attribute]) {
        guard header.pointee.links < Self.countLimit, context.isValid else {
            header.pointee.droppedLinks = Self.increment(header.pointee.droppedLinks)
            return
        }
        var writer = ProtobufWriter()
        writer.bytes.append(0x0a)
        writer.bytes.append(16)
        writer.fixed64(context.traceID.high.byteSwapped)
        writer.fixed64(context.traceID.low.byteSwapped)
        writer.bytes.append(0x12)
        writer.bytes.append(8)
        writer.fixed64(context.spanID.value.byteSwapped)
        if !context.state.isEmpty, context.state.utf8.count <= Self.stateLimit {
            writer.string(context.state, tag: 0x1a)
        }
        Self.append(attributes, tag: AttributeField.link.tag, droppedTag: 0x28, to: &writer)
        writer.bytes.append(0x35)
        let place = context.isRemote ? SpanIdentity.parentIsRemote : SpanIdentity.parentIsLocal
        writer.fixed32(UInt32(UInt16(context.flags) | place))
        if append(writer.bytes, tag: 0x6a) {
            header.pointee.links += 1
        } else {
            header.pointee.droppedLinks = Self.increment(header.pointee.droppedLinks)
        }
    }

    /// Sets the status; `unset` is no news, and after `ok` nothing changes any more.
    ///
    /// Source: OpenTelemetry specification, "Tracing API", section "Set Status".
    func setStatus(_ status: SpanStatus) {
        guard status != .unset, !header.pointee.marks.contains(.statusIsOK) else { return }
        if header.pointee.statusOffset != 0 {
            let offset = Int(header.pointee.statusOffset)
            let end = offset + Int(header.pointee.statusLength)
            header.pointee.statusOffset = 0
            remove(offset..<end)
        }
        var writer = ProtobufWriter()
        switch status {
        case .unset: return
        case .ok:
            header.pointee.marks.insert(.statusIsOK)
            writer.bytes += [0x18, 1]
        case .error(let description):
            if !description.isEmpty, room(for: description.utf8.count + 16) != nil {
                writer.string(description, tag: 0x12)
            }
            writer.bytes += [0x18, 2]
        }
        let offset = header.pointee.used
        if append(writer.bytes, tag: 0x7a) {
            header.pointee.statusOffset = offset
            header.pointee.statusLength = header.pointee.used - offset
        }
    }

    /// The attributes of an event or link, up to the limit, and the count of those beyond it.
    private static func append(
        _ attributes: [Attribute],
        tag: UInt8,
        droppedTag: UInt8,
        to writer: inout ProtobufWriter
    ) {
        for attribute in attributes.prefix(countLimit) {
            writer.append(attribute, tag: tag)
        }
        if attributes.count > countLimit {
            writer.bytes.append(droppedTag)
            writer.varint(UInt64(attributes.count - countLimit))
        }
    }

    /// Appends a field; false when it does not fit.
    private func append(_ message: [UInt8], tag: UInt8) -> Bool {
        let whole = 1 + Self.varintLength(message.count) + message.count
        guard let place = room(for: whole) else { return false }
        place.storeBytes(of: tag, as: UInt8.self)
        let target = Self.writeVarint(UInt64(message.count), at: place + 1)
        message.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            target.copyMemory(from: start, byteCount: bytes.count)
        }
        header.pointee.used += UInt16(whole)
        return true
    }
}
