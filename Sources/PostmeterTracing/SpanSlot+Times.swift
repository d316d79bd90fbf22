import CPrimitives
import PostmeterModel

// When a span began and ended: given, or read from the pool's clock.
extension SpanSlot {
    @inline(__always)
    func setStart(_ time: UnixTime?) {
        if let time {
            header.pointee.start = time.nanoseconds
        } else if header.pointee.region.pointee.clock == 0 {
            header.pointee.start = pm_ticks()
            header.pointee.marks.insert(.startInTicks)
        } else {
            header.pointee.start = now()
        }
    }

    @inline(__always)
    func setEnd(_ time: UnixTime?) {
        if let time {
            header.pointee.end = time.nanoseconds
        } else if header.pointee.region.pointee.clock == 0 {
            header.pointee.end = pm_ticks()
            header.pointee.marks.insert(.endInTicks)
        } else {
            header.pointee.end = now()
        }
    }

    /// The wall clock, in nanoseconds since the Unix epoch.
    @inline(never)
    func now() -> UInt64 {
        SpanClosure<UnixTime>.at(header.pointee.region.pointee.clock)?.call().nanoseconds
            ?? pm_clock_realtime()
    }
}

extension SpanSlot {
    /// Ends the span and hands the slot to the drainer.
    @inline(__always)
    func close(at time: UnixTime?) {
        setEnd(time)
        finish()
        header.pointee.region.push(self)
    }
}
