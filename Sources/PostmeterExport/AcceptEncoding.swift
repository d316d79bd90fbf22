/// What a client says of compression.
///
/// Source: RFC 9110, section 12.5.3.
enum AcceptEncoding {
    /// Whether a body may be sent in gzip's format.
    ///
    /// Without the header it may not.
    static func allowsGzip(_ header: String?) -> Bool {
        guard let header else { return false }
        var any: Bool?
        for part in header.lowercased().split(separator: ",") {
            let fields = part.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
            guard let coding = fields.first else { continue }
            let isWanted = fields.dropFirst().allSatisfy(isPositive)
            switch coding {
            case "gzip", "x-gzip": return isWanted
            case "*": any = isWanted
            default: continue
            }
        }
        return any ?? false
    }

    /// Whether a parameter is not a weight of 0; one that cannot be read is.
    private static func isPositive(_ parameter: Substring) -> Bool {
        let parts = parameter.split(separator: "=", maxSplits: 1).map(trimmed)
        guard parts.first == "q" else { return true }
        guard parts.count == 2, let weight = Double(parts[1]) else { return false }
        return weight > 0
    }

    private static func trimmed(_ text: Substring) -> Substring {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }
}
