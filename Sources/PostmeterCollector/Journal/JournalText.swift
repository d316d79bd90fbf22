internal import FoundationEssentials

/// How what stands in a journal is shown on a terminal.
enum JournalText {
    /// A time with milliseconds, in UTC.
    static func time(_ nanoseconds: UInt64) -> String {
        // The style cuts what is below a millisecond off, so a rounding error must not take one away.
        Date(timeIntervalSince1970: (Double(nanoseconds / 1_000_000) + 0.1) / 1_000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// A text without anything that a terminal would obey: control characters but for line ends and tabs are named.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n" && scalar != "\t", .format, .lineSeparator,
                .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
