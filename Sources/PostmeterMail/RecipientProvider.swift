/// Who runs a recipient's mailbox: the closed vocabulary of `email.recipient.provider`.
public enum RecipientProvider: String, Sendable, Hashable, CaseIterable {
    case gmail
    case outlook
    case yahoo
    case icloud
    case other

    /// The longest domain that is known below; it keeps the domain within a `String` that needs no memory.
    private static let longest = 15

    /// The provider of an address, by its domain.
    public init(address: String) {
        var address = address
        self = address.withUTF8 { bytes in
            let domain = AddressBytes.domain(of: bytes)
            guard domain.count <= Self.longest else { return .other }
            return RecipientProvider(domain: AddressBytes.lowercased(domain))
        }
    }

    private init(domain: String) {
        switch domain {
        case "gmail.com", "googlemail.com": self = .gmail
        case "outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "hotmail.co.uk", "live.co.uk":
            self = .outlook
        case "yahoo.com", "ymail.com", "rocketmail.com", "aol.com", "yahoo.co.uk", "yahoo.co.jp", "yahoo.de":
            self = .yahoo
        case "icloud.com", "me.com", "mac.com": self = .icloud
        default: self = .other
        }
    }

    /// The place of this provider in `allCases`.
    var index: Int {
        switch self {
        case .gmail: 0
        case .outlook: 1
        case .yahoo: 2
        case .icloud: 3
        case .other: 4
        }
    }
}
