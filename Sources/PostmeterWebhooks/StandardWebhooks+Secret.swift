extension StandardWebhooks {
    /// The key in a secret as platforms show it; `place` counts from 1.
    static func key(of secret: String, place: Int) throws(WebhookSecretError) -> [UInt8] {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
        var text = Array(secret.utf8.drop(while: isSpace))
        while let last = text.last, isSpace(last) {
            text.removeLast()
        }
        for prefix in ["whsk_", "whpk_"] where text.starts(with: prefix.utf8) {
            throw .unsupportedScheme(place: place, prefix: prefix)
        }
        if text.starts(with: "whsec_".utf8) {
            text.removeFirst(6)
        }
        guard let key = text.withUnsafeBufferPointer({ Base64.decode($0, limit: 4_096) }) else {
            throw .notBase64(place: place)
        }
        guard 16...75 ~= key.count else { throw .badLength(place: place, bytes: key.count) }
        return key
    }
}
