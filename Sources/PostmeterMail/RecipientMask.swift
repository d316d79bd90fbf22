import PostmeterModel

/// Says of recipients what an account's privacy allows.
struct RecipientMask: Sendable {
    /// The most recipients of one event that are named.
    private static let limit = 8
    /// The most bytes of what somebody said that are kept.
    private static let textLimit = 512

    private let code: KeyedCode
    private let recent = RecentValues<String>(count: 4_096)

    /// A mask whose fingerprints are made with a key that is itself derived from `traceKey`, so that they
    /// tell nothing about trace ids.
    init(traceKey: [UInt8]) {
        let words = KeyedCode(key: traceKey).words(of: "postmeter", "email.recipient", "fingerprint")
        var key = ProtobufWriter()
        for word in [words.0, words.1, words.2, words.3] {
            key.fixed64(word.bigEndian)
        }
        code = KeyedCode(key: key.bytes)
    }

    /// The value of `email.recipient`, or nil when there is to be none; several are separated by commas.
    ///
    /// A fingerprint is 16 hexadecimal digits: the first 8 bytes of the HMAC-SHA256 of
    /// `email.recipient/<account>/<address>`, the address with `A` to `Z` made small; so one address has another
    /// fingerprint in another account.
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
        case .hmac: recent.value(of: address, for: account) { fingerprint(of: address, account.account) }
        }
    }

    private func domain(of address: String) -> String {
        var address = address
        return address.withUTF8 { AddressBytes.lowercased(AddressBytes.domain(of: $0)) }
    }

    private func fingerprint(of address: String, _ account: String) -> String {
        var address = address
        let lowered = address.withUTF8 { AddressBytes.lowercased($0) }
        return hexadecimal(code.words(of: "email.recipient", account, lowered[...]).0)
    }

    private func hexadecimal(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * place) & 15)
                buffer[place] = digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
            }
            return 16
        }
    }
}
