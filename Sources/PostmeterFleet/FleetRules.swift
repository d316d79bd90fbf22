/// What names may look like, since they become metric attributes and parts of paths.
package enum FleetRules {
    /// Why an id is refused, for an error message.
    package static let idRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"

    /// Whether a text can be the id of an organization, account, agent or endpoint.
    package static func isID(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...64).contains(text.utf8.count), isWord(first) else {
            return false
        }
        return text.utf8.allSatisfy { isWord($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
    }

    /// Whether a text is a lower-case domain name of at least two labels.
    package static func isDomain(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: 0x2e, omittingEmptySubsequences: false)
        return text.utf8.count <= 253 && labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != 0x2d && label.last != 0x2d
                    && label.allSatisfy { isWord($0) || $0 == 0x2d || $0 == 0x5f || $0 >= 0x80 }
            }
    }

    /// The local part and the domain of an address, lower-cased, without a `+tag`; nil when it is none.
    package static func parts(ofAddress address: String) -> (local: String, domain: String)? {
        guard address.utf8.count <= 320, let at = address.lastIndex(of: "@") else { return nil }
        let local = address[..<at].prefix { $0 != "+" }.lowercased()
        let domain = address[address.index(after: at)...].lowercased()
        guard !local.isEmpty, local.utf8.count <= 64, isDomain(domain),
            local.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != 0x40 })
        else { return nil }
        return (local, domain)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
    }
}
