import PostmeterModel

// The head and the end of a `LogRecord`.
extension RecordSlot {
    /// The most bytes of the body of a log record; a longer one is cut.
    static let logBodyLimit = 32_768

    /// What is known of a log record beside its texts.
    struct LogHead {
        let scope: UInt16
        let severity: LogSeverity
        let context: SpanContext?
        let time: UnixTime?
    }

    /// Writes everything but the attributes; false when the body had to be cut.
    @inline(never)
    func begin(_ head: LogHead, severityText: String, body: String, eventName: String) -> Bool {
        reset(flags: 0)
        header.pointee.scope = head.scope
        var place = inlineBody
        place.storeBytes(of: 0x10, as: UInt8.self)
        place.storeBytes(of: head.severity.rawValue, toByteOffset: 1, as: UInt8.self)
        place += 2
        if !severityText.isEmpty { place = Self.writeName(severityText, tag: 0x1a, at: place) }
        if !eventName.isEmpty { place = Self.writeName(eventName, tag: 0x62, at: place) }
        if let context = head.context, context.isValid { place = Self.write(context, at: place) }
        header.pointee.used = UInt16(inlineBody.distance(to: place))
        let isWhole = body.isEmpty || writeBody(body)
        writeTimes(head.time)
        return isWhole
    }

    /// Ends the record and hands the slot to the drainer.
    func closeLog() {
        if header.pointee.marks.contains(.hasTally) {
            let place = body + Int(header.pointee.used)
            let end = writeDropped(tally().pointee.droppedAttributes, tag: 0x38, at: place)
            header.pointee.used = UInt16(body.distance(to: end))
        }
        header.pointee.region.push(self)
    }

    @inline(never)
    private static func writeName(_ name: String, tag: UInt8, at place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        TextView.with(name) { writeText($0.cut(to: nameLimit), tag: tag, at: place) }
    }

    private static func write(_ context: SpanContext, at place: UnsafeMutableRawPointer)
        -> UnsafeMutableRawPointer
    {
        place.storeBytes(of: 0x45, as: UInt8.self)
        place.storeBytes(of: UInt32(context.flags), toByteOffset: 1, as: UInt32.self)
        place.storeBytes(of: 0x104a, toByteOffset: 5, as: UInt16.self)
        place.storeBytes(of: context.traceID.high.bigEndian, toByteOffset: 7, as: UInt64.self)
        place.storeBytes(of: context.traceID.low.bigEndian, toByteOffset: 15, as: UInt64.self)
        place.storeBytes(of: 0x0852, toByteOffset: 23, as: UInt16.self)
        place.storeBytes(of: context.spanID.value.bigEndian, toByteOffset: 25, as: UInt64.self)
        return place + 33
    }

    /// Writes as much of the text as there is room for before the times; false when that is not all.
    @inline(never)
    private func writeBody(_ text: String) -> Bool {
        TextView.with(text) { whole in
            var text = whole.cut(to: Self.logBodyLimit)
            // Both lengths take at most three bytes.
            let head = 8 + Self.timesLength + 1
            if room(for: head + text.count) == nil {
                text = text.cut(to: Int(Self.inlineEnd) - Int(header.pointee.used) - head)
            }
            let inner = Self.fieldLength(text.count)
            var place = body + Int(header.pointee.used)
            place.storeBytes(of: 0x2a, as: UInt8.self)
            place = Self.writeVarint(UInt64(inner), at: place + 1)
            _ = Self.writeText(text, tag: 0x0a, at: place)
            header.pointee.used += UInt16(Self.fieldLength(inner))
            return text.count == whole.count
        }
    }

    /// Writes the fields of both times, whose values the drainer puts in.
    private func writeTimes(_ time: UnixTime?) {
        setEnd(RecordMoment(nil))
        if let time {
            setStart(RecordMoment(time))
        } else {
            header.pointee.start = header.pointee.end
            if header.pointee.marks.contains(.endInTicks) { header.pointee.marks.insert(.startInTicks) }
        }
        let used = header.pointee.used
        let place = body + Int(used)
        place.storeBytes(of: 0x09, as: UInt8.self)
        place.storeBytes(of: 0x59, toByteOffset: 9, as: UInt8.self)
        header.pointee.startOffset = used + 1
        header.pointee.used = used + UInt16(Self.timesLength) + 1
    }
}
