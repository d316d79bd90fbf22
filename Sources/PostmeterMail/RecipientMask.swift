/// Says of recipients what an account's privacy allows.
struct RecipientMask: Sendable {
    /// The most recipients of one event that are named.
    private static let limit = 8
    /// The most bytes of what somebody said that are kept.
    private static let textLimit = 512

    private let fingerprint: AddressFingerprint
    private let recent = RecentValues<String>(count: 4_096)

    init(traceKey: [UInt8]) {
        fingerprint = AddressFingerprint(traceKey: traceKey)
    }

    /// The value of `email.recipient`, or nil when there is to be none; several are separated by commas.
    ///
    /// A fingerprint is that of ``AddressFingerprint/text(of:account:)``.
    func value(of recipients: [String], account: AccountHooks) -> String? {
        let privacy = account.privacy
        guard let first = recipients.first, privacy != .off else { return nil }
        if recipients.count == 1 { return masked(first, account, privacy) }
        return recipients.prefix(Self.limit).map { masked($0, account, privacy) }.joined(separator: ",")
    }

    /// What a platform or server said, without the addresses it names unless they may be known; cut after
    /// 512 bytes.
    func text(_ text: String, privacy: AddressPrivacy) -> String {
        let cut = Self.prefix(of: text)
        guard privacy != .clear, cut.utf8.contains(UInt8(ascii: "@")) else { return cut }
        var words: [Substring] = []
        for word in cut.split(separator: " ", omittingEmptySubsequences: false) {
            words.append(word.utf8.contains(UInt8(ascii: "@")) ? "[address]" : word)
        }
        return words.joined(separator: " ")
    }

    /// As much of a text as is kept, without half a character at its end.
    private static func prefix(of text: String) -> String {
        guard text.utf8.count > textLimit else { return text }
        let end = text.utf8.index(text.startIndex, offsetBy: textLimit)
        return String(text.unicodeScalars[..<end])
    }

    private func masked(_ address: String, _ account: AccountHooks, _ privacy: AddressPrivacy) -> String {
        switch privacy {
        case .off: ""
        case .clear: address
        case .domain: domain(of: address)
        case .hmac:
            recent.value(of: address, for: account) {
                fingerprint.text(of: address, account: account.account)
            }
        }
    }

    private func domain(of address: String) -> String {
        var address = address
        return address.withUTF8 { AddressBytes.lowercased(AddressBytes.domain(of: $0)) }
    }
}
