/// What a scraper wants done to names that have other characters than Prometheus took before its version 3.
///
/// Source: Prometheus documentation, "UTF-8 metric and label name escaping schemes".
package enum NameEscaping: String, Sendable, Hashable, CaseIterable {
    /// Nothing: such names stand in quotes.
    case allowUTF8 = "allow-utf-8"
    /// Each such character becomes `_`.
    case underscores
    /// A dot becomes `_dot_`, an underscore `__`, and any other such character `_`.
    case dots
    /// `U__` is put before the name; an underscore becomes `__`, and any other such character its code point in
    /// hexadecimal between underscores.
    case values

    /// The name in this scheme; one that needs no escaping stays as it is.
    ///
    /// With `isLabel` a colon must be escaped as well.
    func escaped(_ name: String, isLabel: Bool) -> String {
        guard self != .allowUTF8, !Self.isPlain(name, isLabel: isLabel) else { return name }
        var text = self == .values ? "U__" : ""
        for (place, character) in name.unicodeScalars.enumerated() {
            let isTaken = Self.isTaken(character, at: place, isLabel: isLabel)
            switch self {
            case .allowUTF8: text.unicodeScalars.append(character)
            case .underscores:
                text.unicodeScalars.append(isTaken ? character : "_")
            case .dots:
                switch character {
                case "_": text += "__"
                case ".": text += "_dot_"
                default: text.unicodeScalars.append(isTaken ? character : "_")
                }
            case .values:
                if character == "_" {
                    text += "__"
                } else if isTaken {
                    text.unicodeScalars.append(character)
                } else {
                    text += "_" + String(character.value, radix: 16) + "_"
                }
            }
        }
        return text
    }

    /// Whether a name has only the characters that every Prometheus takes, and begins with none but those.
    static func isPlain(_ name: String, isLabel: Bool) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.enumerated().allSatisfy { isTaken($1, at: $0, isLabel: isLabel) }
    }

    private static func isTaken(_ character: Unicode.Scalar, at place: Int, isLabel: Bool) -> Bool {
        switch character {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": place > 0
        case ":": !isLabel
        default: false
        }
    }
}
