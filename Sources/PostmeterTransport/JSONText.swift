/// Writes JSON strings.
enum JSONText {
    /// Appends `text` as a JSON string, quotes included.
    ///
    /// Source: RFC 8259, section 7.
    static func append(_ text: String, to json: inout String) {
        json.append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"":
                json.append("\\\"")
            case "\\":
                json.append("\\\\")
            case "\n":
                json.append("\\n")
            case "\u{0}"..<" ", "\u{7f}", "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16)
                json.append("\\u")
                json.append(String(repeating: "0", count: 4 - hex.count))
                json.append(hex)
            default:
                json.unicodeScalars.append(scalar)
            }
        }
        json.append("\"")
    }
}
