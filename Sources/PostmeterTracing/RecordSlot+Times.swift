import CPrimitives
import PostmeterModel

// When a record began and ended: given, or read from the pool's clock.
extension RecordSlot {
    @inline(__always)
    func setStart(_ moment: RecordMoment) {
        if moment.form == .unix {
            header.pointee.start = moment.value
        } else if header.pointee.region.pointee.clock == 0 {
            header.pointee.start = moment.form == .ticks ? moment.value : pm_steady_ticks()
            header.pointee.marks.insert(.startInTicks)
        } else {
            header.pointee.start = moment.form == .ticks ? moment.value : now()
        }
    }

    @inline(__always)
    func setEnd(_ moment: RecordMoment) {
        if moment.form == .unix {
            header.pointee.end = moment.value
        } else if header.pointee.region.pointee.clock == 0 {
            header.pointee.end = moment.form == .ticks ? moment.value : pm_steady_ticks()
            header.pointee.marks.insert(.endInTicks)
        } else {
            header.pointee.end = moment.form == .ticks ? moment.value : now()
        }
    }

    /// The wall clock, in nanoseconds since the Unix epoch.
    @inline(never)
    func now() -> UInt64 {
        RecordClosure<UnixTime>.at(header.pointee.region.pointee.clock)?.call().nanoseconds
            ?? pm_clock_realtime()
    }

    /// The time of the wall clock at a reading of the recorder's own clock.
    func unix(_ ticks: Ticks) -> UInt64 {
        guard header.pointee.region.pointee.clock == 0 else { return ticks.value }
        return TickClock.system.unixTime(of: ticks).nanoseconds
    }

    /// Puts the times into their places; `ordered`: no span ends before it starts.
    @inline(__always)
    func setTimes(by clock: SpanClock, ordered: Bool) {
        let marks = header.pointee.marks
        let start = marks.contains(.startInTicks) ? clock.unix(header.pointee.start) : header.pointee.start
        let end = marks.contains(.endInTicks) ? clock.unix(header.pointee.end) : header.pointee.end
        let place = body + Int(header.pointee.startOffset)
        place.storeBytes(of: start.littleEndian, as: UInt64.self)
        place.storeBytes(of: (ordered ? max(start, end) : end).littleEndian, toByteOffset: 9, as: UInt64.self)
    }
}
