/// The hosts that an endpoint fetches the certificates and the confirmations of Amazon SNS from.
///
/// Amazon's own are `sns.<region>.amazonaws.com`, and `.com.cn`. A region is more than letters and digits:
/// `sns.s3.amazonaws.com` and `sns.s3-us-west-2.amazonaws.com` are buckets of somebody.
struct SNSHosts: Sendable {
    /// How many hosts an endpoint may trust.
    private static let limit = 16

    private let trusted: [HostAddress]

    /// Takes the hosts of an endpoint's `trusted_hosts`, for tests and for what stands in for Amazon.
    init(trusted names: [String]) throws(WebhookSetupError) {
        guard names.count <= Self.limit else {
            throw .option(.trustedHosts, "has \(names.count) hosts: at most \(Self.limit) are taken")
        }
        var trusted: [HostAddress] = []
        for (place, name) in names.enumerated() {
            guard let address = HostAddress(name) else {
                throw .option(
                    .trustedHosts,
                    "item \(place + 1) is no host: write name:port, without https:// and without a path"
                )
            }
            trusted.append(address)
        }
        self.trusted = trusted
    }

    /// Whether a certificate may be fetched from a URL.
    func allowsCertificate(_ text: String) -> Bool {
        guard let url = FetchableURL(text) else { return false }
        return isTrusted(url) || (Self.isAmazon(url) && Self.isCertificate(url))
    }

    /// Whether a URL may be fetched to confirm a subscription.
    func allowsConfirmation(_ text: String) -> Bool {
        guard let url = FetchableURL(text) else { return false }
        return isTrusted(url) || Self.isAmazon(url)
    }

    /// Whether a URL is on a host that the endpoint trusts; without encryption only on this machine.
    private func isTrusted(_ url: FetchableURL) -> Bool {
        trusted.contains { address in
            address.host == url.host && (address.port ?? (url.isEncrypted ? 443 : 80)) == url.port
                && (url.isEncrypted || address.isLoopback)
        }
    }

    private static func isAmazon(_ url: FetchableURL) -> Bool {
        guard url.isEncrypted, url.port == 443 else { return false }
        let parts = url.host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "sns", isRegion(parts[1]) else { return false }
        let zone = parts[2...]
        return zone.elementsEqual(["amazonaws", "com"]) || zone.elementsEqual(["amazonaws", "com", "cn"])
    }

    /// Whether a word is shaped like `us-east-1` and `us-gov-west-1`: words of letters, and then a number.
    private static func isRegion(_ word: Substring) -> Bool {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let number = parts.last else { return false }
        let isNumbered = 1...2 ~= number.utf8.count && number.utf8.allSatisfy { 0x30...0x39 ~= $0 }
        return isNumbered
            && parts.dropLast().allSatisfy { part in
                part.utf8.count >= 2
                    && part.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
            }
    }

    /// Whether the path is that of a certificate: `/SimpleNotificationService-<digits and letters>.pem`.
    private static func isCertificate(_ url: FetchableURL) -> Bool {
        let prefix = "/SimpleNotificationService-"
        guard url.query == nil, url.path.hasPrefix(prefix), url.path.hasSuffix(".pem") else { return false }
        let name = url.path.dropFirst(prefix.utf8.count).dropLast(4)
        return !name.isEmpty
            && name.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            }
    }
}
