/// Spans as an indented tree: each line `name [kind] start+duration`, in seconds, then ` !` for an error,
/// ` -> name` for each link to a span in the list, and the events.
func traceText(_ spans: [RecordedSpan]) -> String {
    let ids = Set(spans.map(\.spanID))
    var lines: [String] = []
    func add(_ span: RecordedSpan, depth: Int) {
        var line = String(repeating: "  ", count: depth)
        line += "\(span.name) [\(span.kind)] \(seconds(span.start))+\(seconds(span.end - span.start))"
        if span.isError { line += " !" }
        for link in span.links {
            line += " -> \(spans.first { $0.spanID == link }?.name ?? link)"
        }
        for event in span.events { line += " {\(event)}" }
        lines.append(line)
        for child in spans where child.parentID == span.spanID { add(child, depth: depth + 1) }
    }
    for span in spans where span.parentID.isEmpty || !ids.contains(span.parentID) {
        add(span, depth: 0)
    }
    return lines.joined(separator: "\n")
}

/// Nanoseconds as seconds without needless digits.
private func seconds(_ nanoseconds: UInt64) -> String {
    let whole = nanoseconds / 1_000_000_000
    let rest = nanoseconds % 1_000_000_000
    guard rest != 0 else { return "\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
}
