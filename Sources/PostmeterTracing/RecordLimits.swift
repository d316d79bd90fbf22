import PostmeterModel

/// The limits of a pool's records, as every thread reads them.
struct RecordLimits {
    let attributes: UInt16
    let events: UInt16
    let links: UInt16
    let attributesPerEvent: UInt16
    let attributesPerLink: UInt16
    /// The most bytes of a text; `UInt32.max` when there is no limit.
    let valueLength: UInt32
    /// Whether texts are read by their words.
    ///
    /// Attributes that are written so have less than 128 bytes, so a limit from there on needs no look; below
    /// it all go the long way.
    let readsWords: Bool

    init(_ limits: SpanLimits) {
        func bounded(_ limit: Int) -> UInt16 { UInt16(min(max(limit, 0), SpanLimits.countRange.upperBound)) }
        attributes = bounded(limits.attributes)
        events = bounded(limits.events)
        links = bounded(limits.links)
        attributesPerEvent = bounded(limits.attributesPerEvent)
        attributesPerLink = bounded(limits.attributesPerLink)
        valueLength = limits.valueLength.map { UInt32(min(max($0, 0), RecordSlot.growthLimit)) } ?? .max
        readsWords = TextView.isLayoutKnown && valueLength >= 128
    }

    /// A value with its texts cut to the limit.
    func cut(_ value: AttributeValue) -> AttributeValue {
        guard valueLength != .max else { return value }
        switch value {
        case .string(let text): return .string(cut(text))
        case .strings(let list): return .strings(list.map(cut))
        default: return value
        }
    }

    private func cut(_ text: String) -> String {
        guard text.utf8.count > Int(valueLength) else { return text }
        var text = text
        return text.withUTF8 { bytes in
            let kept = TextView(UnsafeRawBufferPointer(bytes)).cut(to: Int(valueLength))
            return String(decoding: bytes.prefix(kept.count), as: UTF8.self)
        }
    }
}
