/// A UCUM unit in the words that Prometheus appends to a name.
///
/// Source: the tables of prometheus/otlptranslator, which are those of the OpenTelemetry specification.
struct PrometheusUnit {
    /// The unit itself, for example `bytes`; empty for `1`, for annotations such as `{event}` and for none.
    let main: String
    /// What it is counted by, for example `per_second`; empty when there is no such part.
    let per: String
    /// As ``main``, with the characters of a unit that is not in the tables as they are.
    let rawMain: String
    /// As ``per``, with the characters of a unit that is not in the tables as they are.
    let rawPer: String
    /// Whether the unit is exactly `1`.
    let isOne: Bool

    // "tibibytes" is how otlptranslator spells tebibytes: a metric must have one name, scraped or pushed.
    private static let words: [String: String] = [
        "d": "days", "h": "hours", "min": "minutes", "s": "seconds", "ms": "milliseconds",
        "us": "microseconds", "ns": "nanoseconds",
        "By": "bytes", "KiBy": "kibibytes", "MiBy": "mebibytes", "GiBy": "gibibytes", "TiBy": "tibibytes",
        "KBy": "kilobytes", "MBy": "megabytes", "GBy": "gigabytes", "TBy": "terabytes",
        "m": "meters", "V": "volts", "A": "amperes", "J": "joules", "W": "watts", "g": "grams",
        "Cel": "celsius", "Hz": "hertz", "1": "", "%": "percent",
    ]

    private static let singular: [String: String] = [
        "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "y": "year",
    ]

    init(_ unit: String) {
        isOne = unit == "1"
        let parts = unit.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        rawMain = Self.word(parts.first, in: Self.words)
        main = Self.clean(rawMain)
        let divisor = parts.count > 1 ? Self.word(parts[1], in: Self.singular) : ""
        rawPer = divisor.isEmpty ? "" : "per_" + divisor
        per = Self.clean(divisor).isEmpty ? "" : "per_" + Self.clean(divisor)
    }

    /// Both parts.
    var joined: String {
        main.isEmpty || per.isEmpty ? main + per : main + "_" + per
    }

    private static func word(_ part: Substring?, in words: [String: String]) -> String {
        guard let part, !part.contains("{"), !part.contains("}") else { return "" }
        let name = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        return words[name] ?? name
    }

    private static func clean(_ word: String) -> String {
        PrometheusName.tokens(of: word, keepingColons: false).joined(separator: "_")
    }
}
