import PostmeterModel
import PostmeterTransport

/// Reads variables by OpenTelemetry's rules: empty is unset, and a bad value is warned of and ignored.
///
/// Source: OpenTelemetry specification, "Environment variable specification".
struct EnvironmentReader {
    private let variables: [String: String]
    private let diagnostics: Diagnostics

    init(_ variables: [String: String], _ diagnostics: Diagnostics) {
        self.variables = variables
        self.diagnostics = diagnostics
    }

    /// The value; nil when it is unset or blank.
    func text(_ name: String) -> String? {
        guard let value = variables[name].map(Self.trimmed), !value.isEmpty else { return nil }
        return value
    }

    /// `true` in any case is true, and everything else is false.
    func flag(_ name: String) -> Bool {
        guard let value = text(name)?.lowercased() else { return false }
        if value != "true", value != "false" { ignore(name, value, "it must be true or false") }
        return value == "true"
    }

    /// A whole number of milliseconds from one time to the next; 0 is taken as 1.
    func interval(_ name: String) -> Duration? {
        milliseconds(name).map { max($0, .milliseconds(1)) }
    }

    /// A whole number of milliseconds that something may take; 0 means no limit, which is taken as the longest.
    func timeout(_ name: String) -> Duration? {
        milliseconds(name).map { $0 == .zero ? Self.longest : $0 }
    }

    private static let longest = Duration.milliseconds(Int64(Int32.max))

    private func milliseconds(_ name: String) -> Duration? {
        guard let value = text(name) else { return nil }
        guard let number = Int64(value), (0...Int64(Int32.max)).contains(number) else {
            return ignore(name, value, "it must be milliseconds, 0 to \(Int32.max)")
        }
        return .milliseconds(number)
    }

    /// A whole number from 0 to what 31 bits hold; what is above `most` is taken as that.
    func limit(_ name: String, most: Int) -> Int? {
        integer(name, in: 0...Int(Int32.max)).map { min($0, most) }
    }

    /// A whole number in a range.
    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = text(name) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            return ignore(name, value, "it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A share, 0 to 1.
    func share(_ name: String) -> Double? {
        guard let value = text(name) else { return nil }
        guard let number = Double(value), (0...1).contains(number) else {
            return ignore(name, value, "it must be a number from 0 to 1")
        }
        return number
    }

    /// One of a few words, in any case.
    func choice<T>(_ name: String, _ choices: KeyValuePairs<String, T>) -> T? {
        guard let value = text(name) else { return nil }
        if let choice = choices.first(where: { $0.key == value.lowercased() }) { return choice.value }
        return ignore(name, value, "it must be one of \(choices.map(\.key).joined(separator: ", "))")
    }

    /// A list of words with commas between, in any case, each once; nil when there is none that is known.
    func words(_ name: String, of known: [String]) -> [String]? {
        guard let text = text(name) else { return nil }
        var words: [String] = []
        for part in text.split(separator: ",") {
            let word = Self.trimmed(part).lowercased()
            if word.isEmpty || words.contains(word) { continue }
            if known.contains(word) {
                words.append(word)
            } else {
                ignore(name, word, "it must be one of \(known.joined(separator: ", "))")
            }
        }
        return words.isEmpty ? nil : words
    }

    /// `key=value` pairs with commas between, percent-decoded; one bad pair makes all of it bad.
    func pairs(_ name: String, accepts: (_ key: String, _ value: String) -> Bool) -> [(
        key: String, value: String
    )]? {
        guard let text = text(name) else { return nil }
        var pairs: [(key: String, value: String)] = []
        for part in text.split(separator: ",") where !Self.trimmed(part).isEmpty {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let key = PercentEncoding.decode(Self.trimmed(sides[0])[...]),
                let value = PercentEncoding.decode(Self.trimmed(sides[1])[...]), !key.isEmpty,
                accepts(key, value)
            else { return ignore(name, nil, "it must be key=value,key=value, percent-encoded") }
            pairs.append((key, value))
        }
        return pairs
    }

    /// Warns of a value; what may be secret is not shown.
    func ignore<T>(_ name: String, _ value: String?, _ reason: String) -> T? {
        let shown = value.map { " '\($0)'" } ?? ""
        diagnostics.warn("\(name)\(shown) is ignored: \(reason)")
        return nil
    }

    /// Warns of a value that is used all the same.
    func warn(_ name: String, _ value: String, _ remark: String) {
        diagnostics.warn("\(name) '\(value)' \(remark)")
    }

    /// Warns of a value.
    func ignore(_ name: String, _ value: String, _ reason: String) {
        let _: Never? = ignore(name, value, reason)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
