/// A request's target, taken apart.
struct HTTPTarget: Equatable {
    let path: String
    let query: String?

    /// Takes a target in origin form or in absolute form apart; a fragment, which none should have, is dropped.
    ///
    /// Source: RFC 9112, section 3.2.
    init(_ target: String) {
        var rest = target[...]
        if rest.utf8.first != UInt8(ascii: "/"), let scheme = Self.schemeEnd(of: rest) {
            let authorityEnd = rest[scheme...].utf8.firstIndex {
                $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
            }
            rest = rest[(authorityEnd ?? rest.endIndex)...]
        }
        if let fragment = rest.utf8.firstIndex(of: UInt8(ascii: "#")) {
            rest = rest[..<fragment]
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            query = nil
            path = rest.isEmpty ? "/" : String(rest)
            return
        }
        query = String(rest[rest.utf8.index(after: mark)...])
        path = mark == rest.startIndex ? "/" : String(rest[..<mark])
    }

    private static func schemeEnd(of target: Substring) -> Substring.Index? {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            return target.utf8.index(target.startIndex, offsetBy: scheme.utf8.count)
        }
        return nil
    }
}
