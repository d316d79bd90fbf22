import PostmeterModel

/// When a record began or ended: given, or to be read now.
struct RecordMoment {
    let value: UInt64
    let form: Form

    enum Form: UInt8 {
        case now
        /// Nanoseconds since the Unix epoch.
        case unix
        /// Ticks of the recorder's own clock.
        case ticks
    }

    @inline(__always)
    init(_ time: UnixTime?) {
        value = time?.nanoseconds ?? 0
        form = time == nil ? .now : .unix
    }

    @inline(__always)
    init(_ ticks: Ticks) {
        value = ticks.value
        form = .ticks
    }
}
