/// Shows what a platform sent as the privacy setting has it: the mail addresses in it are masked.
///
/// An address is found by its `@`, and by `%40` and `\u0040`, which stand for one in forms and in JSON; what is
/// written in other ways, such as base64, is not. The names of people beside their addresses stay.
package struct AddressMask: Sendable {
    /// What may be shown.
    package let privacy: AddressPrivacy
    private let fingerprint: AddressFingerprint?

    /// Creates a mask.
    ///
    /// - Parameters:
    ///   - privacy: What may be shown; `hmac` shows the fingerprint that spans and log records have.
    ///   - traceKey: The secret that fingerprints are derived with; nil when it is not known, and then `hmac`
    ///     shows nothing of an address.
    package init(privacy: AddressPrivacy, traceKey: [UInt8]?) {
        self.privacy = privacy
        fingerprint = privacy == .hmac ? traceKey.map { AddressFingerprint(traceKey: $0) } : nil
    }

    /// The text with its addresses masked.
    ///
    /// - Parameter account: The id of the account whose mail it is about.
    package func masking(_ text: String, account: String) -> String {
        guard privacy != .clear else { return text }
        return String(decoding: masking(Array(text.utf8), account: account), as: UTF8.self)
    }

    /// The bytes, whether UTF-8 or not, with the addresses in them masked; O(bytes).
    package func masking(_ bytes: [UInt8], account: String) -> [UInt8] {
        guard privacy != .clear else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        // What was masked already is not looked at again.
        var start = 0
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\"),
                let sign = Self.signs.first(where: { bytes[place...].starts(with: $0.bytes) })
            else {
                result.append(byte)
                place += 1
                continue
            }
            let local = Self.local(before: result[start...], sign)
            place += sign.bytes.count
            guard !local.isEmpty else {
                result += sign.bytes
                continue
            }
            let domain = bytes[place...].prefix(while: Self.isDomain)
            result.removeLast(local.count)
            result += shown(local: local, domain: domain, sign, account: account)
            place += domain.count
            start = result.count
        }
        return result
    }

    /// A way to write an `@`.
    private struct Sign {
        let bytes: [UInt8]
        /// Whether it stands in a form or a URL, where `=` and `&` end a word.
        let isOfForms: Bool
    }

    private static let signs = [
        Sign(bytes: Array("@".utf8), isOfForms: false), Sign(bytes: Array("%40".utf8), isOfForms: true),
        Sign(bytes: Array("\\u0040".utf8), isOfForms: false),
    ]

    /// The word at the end of what was read, or the quoted words; empty when there is none.
    private static func local(before: ArraySlice<UInt8>, _ sign: Sign) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        if !sign.isOfForms, before.last == quote, let open = before.dropLast().lastIndex(of: quote) {
            return Array(before[open...])
        }
        return Array(before.suffix(while: { isLocal($0, ofForms: sign.isOfForms) }))
    }

    private static func isLocal(_ byte: UInt8, ofForms: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\""),
            UInt8(ascii: "@"):
            false
        case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "?"), UInt8(ascii: "/"): !ofForms
        default: byte > 0x20 && byte != 0x7F
        }
    }

    private static func isDomain(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte &- UInt8(ascii: "0") < 10 || AddressBytes.lowercased(byte) &- UInt8(ascii: "a") < 26
    }

    private func shown(
        local: [UInt8], domain: ArraySlice<UInt8>, _ sign: Sign, account: String
    ) -> [UInt8] {
        switch privacy {
        case .clear: return local + sign.bytes + domain
        case .domain: return [UInt8(ascii: "_")] + sign.bytes + domain
        case .off: break
        case .hmac:
            guard let fingerprint else { break }
            let address = String(decoding: local + [UInt8(ascii: "@")] + domain, as: UTF8.self)
            return Array(fingerprint.text(of: address, account: account).utf8)
        }
        return Array("[address]".utf8)
    }
}

extension ArraySlice<UInt8> {
    /// The longest end of which each byte is as asked.
    fileprivate func suffix(while isAsked: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        guard let end = lastIndex(where: { !isAsked($0) }) else { return self }
        return self[(end + 1)...]
    }
}
