import PostmeterModel

/// Keyed fingerprints of mail addresses, by which mails to one recipient can be found and nobody be read.
struct AddressFingerprint: Sendable {
    private let code: KeyedCode

    /// Fingerprints made with a key that is itself derived from `traceKey`, so that they tell nothing about
    /// trace ids.
    init(traceKey: [UInt8]) {
        let words = KeyedCode(key: traceKey).words(of: "postmeter", "email.recipient", "fingerprint")
        var key = ProtobufWriter()
        for word in [words.0, words.1, words.2, words.3] {
            key.fixed64(word.bigEndian)
        }
        code = KeyedCode(key: key.bytes)
    }

    /// 16 hexadecimal digits: the first 8 bytes of the HMAC-SHA256 of `email.recipient/<account>/<address>`, the
    /// address with `A` to `Z` made small; so one address has another fingerprint in another account.
    func text(of address: String, account: String) -> String {
        var address = address
        let lowered = address.withUTF8 { AddressBytes.lowercased($0) }
        return Self.hexadecimal(code.words(of: "email.recipient", account, lowered[...]).0)
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * place) & 15)
                buffer[place] = digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a")
            }
            return 16
        }
    }
}
