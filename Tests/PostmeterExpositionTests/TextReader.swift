/// Reads the samples of an exposition in text, without the code under test.
///
/// It knows what these tests write: one sample a line, names with and without quotes, no time stamps.
struct TextReader {
    struct Series: Hashable {
        let name: String
        let labels: [String: String]
    }

    private(set) var values: [Series: Double] = [:]
    /// What could not be read, and series that are there twice.
    private(set) var problems: [String] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            var rest = line[...]
            guard let series = Self.series(&rest),
                let value = Double(rest.prefix { $0 != " " }.replacing("Inf", with: "inf"))
            else {
                problems.append("cannot be read: \(line)")
                continue
            }
            if values.updateValue(value, forKey: series) != nil { problems.append("twice: \(line)") }
        }
    }

    private static func series(_ rest: inout Substring) -> Series? {
        var name = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        guard rest.popFirst() == "{" else { return Series(name: name, labels: [:]) }
        while rest.first != "}" {
            let isQuoted = rest.first == "\""
            guard let key = isQuoted ? quoted(&rest) : plain(&rest) else { return nil }
            if rest.first == "=" {
                rest.removeFirst()
                guard let value = quoted(&rest), labels.updateValue(value, forKey: key) == nil else {
                    return nil
                }
            } else {
                guard isQuoted, name.isEmpty else { return nil }
                name = key
            }
            if rest.first == "," { rest.removeFirst() }
        }
        guard rest.popFirst() == "}", rest.popFirst() == " " else { return nil }
        return Series(name: name, labels: labels)
    }

    private static func plain(_ rest: inout Substring) -> String? {
        let name = rest.prefix { $0 != "=" && $0 != "," && $0 != "}" }
        rest = rest.dropFirst(name.count)
        return name.isEmpty ? nil : String(name)
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        guard rest.popFirst() == "\"" else { return nil }
        var text = ""
        while let character = rest.popFirst() {
            switch character {
            case "\"": return text
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                text.append(escaped == "n" ? "\n" : escaped)
            default: text.append(character)
            }
        }
        return nil
    }
}
