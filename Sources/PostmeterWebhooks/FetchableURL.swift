/// A URL that leaves no doubt about its host.
///
/// Whoever posts to an endpoint writes the URLs that it fetches. So none is taken that two readers could read
/// differently: no user, no escape in the host, no backslash, no fragment, only printing ASCII.
struct FetchableURL: Sendable, Hashable {
    /// The bytes of a URL.
    static let limit = 2_048

    let isEncrypted: Bool
    /// In lower case; an IPv6 address has its brackets.
    let host: String
    /// The port that is spoken to, be it written or not.
    let port: Int
    /// With its slash; `/` for none.
    let path: String
    /// What stands behind the question mark; nil without one.
    let query: String?

    /// Reads `https://host[:port][/path][?query]`, or the same with `http`; nil for anything else.
    init?(_ text: String) {
        guard text.utf8.count <= Self.limit, text.utf8.allSatisfy(Self.isPlain) else { return nil }
        let rest: Substring
        if text.hasPrefix("https://") {
            isEncrypted = true
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            isEncrypted = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let address = HostAddress(String(authority)) else { return nil }
        host = address.host
        port = address.port ?? (isEncrypted ? 443 : 80)
        let tail = rest[authority.endIndex...]
        let path = tail.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = path.endIndex < tail.endIndex ? String(tail[path.endIndex...].dropFirst()) : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            false
        default: 0x21...0x7E ~= byte
        }
    }
}
