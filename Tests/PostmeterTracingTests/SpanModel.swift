import PostmeterModel

@testable import PostmeterTracing

/// What a span should hold after some calls, kept in the plainest way.
struct SpanModel {
    var limits: SpanLimits
    var name = "start"
    var attributes: [Attribute] = []
    var droppedAttributes: UInt64 = 0
    var events: [SpanBody.Event] = []
    var droppedEvents: UInt64 = 0
    var links: [SpanBody.Link] = []
    var droppedLinks: UInt64 = 0
    var statusCode: UInt64 = 0
    var statusMessage = ""

    mutating func set(_ attribute: Attribute) {
        attributes.removeAll { $0.key == attribute.key }
        guard attributes.count < limits.attributes, !attribute.key.isEmpty else {
            droppedAttributes += 1
            return
        }
        attributes.append(cut(attribute))
    }

    mutating func addEvent(_ name: String, at time: UInt64, _ more: [Attribute]) {
        guard events.count < limits.events else {
            droppedEvents += 1
            return
        }
        let kept = more.prefix(limits.attributesPerEvent).map(cut)
        let dropped = UInt64(more.count - kept.count)
        events.append(SpanBody.Event(time: time, name: name, attributes: kept, dropped: dropped))
    }

    mutating func addLink(_ context: SpanContext, _ more: [Attribute]) {
        guard links.count < limits.links, context.isValid else {
            droppedLinks += 1
            return
        }
        let kept = more.prefix(limits.attributesPerLink).map(cut)
        links.append(
            SpanBody.Link(
                traceID: Self.bytes(context.traceID.high) + Self.bytes(context.traceID.low),
                spanID: Self.bytes(context.spanID.value), state: context.state, attributes: kept,
                dropped: UInt64(more.count - kept.count),
                flags: UInt64(context.flags) | (context.isRemote ? 0x300 : 0x100)))
    }

    mutating func setStatus(_ status: SpanStatus) {
        guard statusCode != 1 else { return }
        switch status {
        case .unset: return
        case .ok: (statusCode, statusMessage) = (1, "")
        case .error(let message): (statusCode, statusMessage) = (2, message)
        }
    }

    /// Whether a body is what it should be.
    func agrees(with body: SpanBody) -> Bool {
        body.name == name && body.attributes == attributes && body.droppedAttributes == droppedAttributes
            && body.events == events && body.droppedEvents == droppedEvents && body.links == links
            && body.droppedLinks == droppedLinks && body.statusCode == statusCode
            && body.statusMessage == statusMessage
    }

    private func cut(_ attribute: Attribute) -> Attribute {
        guard let limit = limits.valueLength else { return attribute }
        switch attribute.value {
        case .string(let text): return Attribute(attribute.key, .string(Self.cut(text, limit)))
        case .strings(let list): return Attribute(attribute.key, .strings(list.map { Self.cut($0, limit) }))
        default: return attribute
        }
    }

    /// The scalars that fit into so many bytes.
    private static func cut(_ text: String, _ limit: Int) -> String {
        var kept = ""
        for scalar in text.unicodeScalars {
            guard kept.utf8.count + String(scalar).utf8.count <= limit else { break }
            kept.unicodeScalars.append(scalar)
        }
        return kept
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
}
