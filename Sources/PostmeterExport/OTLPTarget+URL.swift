extension OTLPTarget {
    /// A URL as it may be shown: without its user and its query, which may hold a password or a key.
    ///
    /// What stands before the last `@` is left out wherever that is, so that it holds for a URL that is none.
    package static func shown(_ url: String) -> String {
        var shown = url
        if let query = shown.firstIndex(of: "?") { shown = shown[..<query] + "?***" }
        let start = shown.firstRange(of: "://")?.upperBound ?? shown.startIndex
        guard let at = shown[start...].lastIndex(of: "@") else { return shown }
        return shown[..<start] + "***" + shown[at...]
    }

    /// Throws when a URL cannot be that of a receiver.
    static func check(_ url: String) throws(OTLPTargetError) {
        let lowercased = url.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
            throw OTLPTargetError(url: url, problem: "it must begin with http:// or https://")
        }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw OTLPTargetError(url: url, problem: "it contains a blank or control character")
        }
        let authority = url.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        if let problem = problem(of: authority) { throw OTLPTargetError(url: url, problem: problem) }
    }

    /// What is wrong with a host and a port, behind a user or not; nil when nothing is.
    private static func problem(of authority: Substring) -> String? {
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        var rest = place
        if place.first == "[" {
            guard let end = place.firstIndex(of: "]") else { return "its address has no closing bracket" }
            rest = place[place.index(after: end)...]
        } else {
            rest = place[(place.firstIndex(of: ":") ?? place.endIndex)...]
            if rest.startIndex == place.startIndex { return "it names no host" }
        }
        guard let colon = rest.first else { return nil }
        let port = rest.dropFirst()
        guard colon == ":", port.isEmpty || UInt16(port).map({ $0 > 0 }) == true, port.first != "+" else {
            return "its port is not 1 to 65535"
        }
        return nil
    }
}
