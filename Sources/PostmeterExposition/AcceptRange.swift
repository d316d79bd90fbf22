/// One media range of an `Accept` header, as far as it concerns the formats that are spoken here.
struct AcceptRange {
    /// The most ranges that are looked at; a scraper names about five.
    private static let limit = 64

    /// Lower-case, for example `text/plain` or `*/*`.
    private var type: String
    /// The `version` parameter; nil when absent.
    private var version: String?
    /// Whether the parameters that name a message of protocol buffers name a family behind its length.
    private var namesFamily = (proto: false, encoding: false)
    /// The `escaping` parameter; underscores when it is absent or unknown.
    private(set) var escaping = NameEscaping.underscores
    /// The `q` parameter, 0 to 1.
    private(set) var weight = 1.0
    /// The place in the header, counted from 0.
    let position: Int

    /// The ranges of a header; one that cannot be read is left out.
    static func list(_ header: String) -> [AcceptRange] {
        split(header, at: ",").prefix(limit).enumerated().compactMap { AcceptRange($1, position: $0) }
    }

    /// The most specific range that matches a format.
    static func best(of ranges: [AcceptRange], for syntax: ExpositionFormat.Syntax) -> AcceptRange? {
        var best: (range: AcceptRange, specificity: Int)?
        for range in ranges {
            guard let specificity = range.specificity(for: syntax) else { continue }
            if let found = best, found.specificity >= specificity { continue }
            best = (range, specificity)
        }
        return best?.range
    }

    private init?(_ text: Substring, position: Int) {
        let parts = Self.split(text, at: ";")
        guard let type = parts.first, type.contains("/") else { return nil }
        self.type = type.lowercased()
        self.position = position
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(part[..<equals]).lowercased()
            let value = Self.unquoted(Self.trimmed(part[part.index(after: equals)...]))
            switch name {
            case "version": version = value
            case "proto": namesFamily.proto = value == "io.prometheus.client.MetricFamily"
            case "encoding": namesFamily.encoding = value.lowercased() == "delimited"
            case "escaping": escaping = NameEscaping(rawValue: value.lowercased()) ?? .underscores
            case "q":
                guard let weight = Double(value), (0...1).contains(weight) else { return nil }
                self.weight = weight
            default: break
            }
        }
    }

    /// How closely the range names a format: nil when it does not match.
    private func specificity(for syntax: ExpositionFormat.Syntax) -> Int? {
        let (name, group, spoken) =
            switch syntax {
            case .text004: ("text/plain", "text/*", "0.0.4")
            case .text100: ("text/plain", "text/*", "1.0.0")
            case .openMetrics100: ("application/openmetrics-text", "application/*", "1.0.0")
            case .openMetrics001: ("application/openmetrics-text", "application/*", "0.0.1")
            case .protobuf: ("application/vnd.google.protobuf", "application/*", "")
            }
        switch type {
        case name where syntax == .protobuf: return namesFamily == (true, true) ? 3 : nil
        case name where version == spoken: return 3
        case name where version == nil: return 2
        case group: return 1
        case "*/*": return 0
        default: return nil
        }
    }

    /// The parts between separators that stand outside quotes, without the blanks around them.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var isQuoted = false
        var start = text.startIndex
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            guard text[index] == separator, !isQuoted else { continue }
            parts.append(trimmed(Substring(text[start..<index])))
            start = text.index(after: index)
        }
        parts.append(trimmed(Substring(text[start...])))
        return parts.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        return String(text.dropFirst().dropLast())
    }
}
