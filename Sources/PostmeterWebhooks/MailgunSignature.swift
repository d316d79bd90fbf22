import Crypto

/// The signature that Mailgun puts into the body of each webhook: an object in JSON, or fields of a form.
struct MailgunSignature {
    /// The bytes that are kept of a token, which has 50.
    private static let tokenLimit = FieldLimit.id
    private static let codeLimit = 128
    /// JSON is never longer; only mail with its attachments is, and comes as a form.
    static let jsonLimit = WebhookLimit.eventBody

    /// Seconds since 1970, as they are signed.
    var timestamp: String
    /// A random text, different for each webhook.
    var token: String
    /// Authentication codes in hexadecimal digits: with the key of the account, and with that of its parent.
    var codes: [String]

    /// Reads the fields of a form.
    ///
    /// Mailgun adds the headers of the mail to the fields, so that there may be several of one name: its own
    /// signature is the last.
    init(_ form: FormBody) throws(DecodeFailure) {
        func last(_ name: String, limit: Int) -> String? {
            form.fields.last { $0.name == name }.map { form.text(of: $0, limit: limit) }
        }
        let codes = ["signature", "parent-signature"].compactMap { last($0, limit: Self.codeLimit) }
        try self.init(
            timestamp: last("timestamp", limit: Self.tokenLimit),
            token: last("token", limit: Self.tokenLimit),
            codes: codes
        )
    }

    /// Reads the object `signature`, or, in what a route's `store` posts, the fields beside the mail's.
    init(_ root: JSONValue) throws(DecodeFailure) {
        let isFlat = root["signature"]?.utf8 != nil
        let block = isFlat ? root : try root.requiredObject("signature")
        let names: [StaticString] = ["signature", "parent-signature"]
        let seconds = block["timestamp"]
        try self.init(
            timestamp: seconds?.text(limit: Self.tokenLimit) ?? seconds?.integer.map { String($0) },
            token: block["token"]?.text(limit: Self.tokenLimit),
            codes: names.compactMap { block[$0]?.text(limit: Self.codeLimit) }
        )
    }

    private init(timestamp: String?, token: String?, codes: [String]) throws(DecodeFailure) {
        guard let timestamp, !timestamp.isEmpty else {
            throw DecodeFailure(.missingField, "signature.timestamp is missing")
        }
        guard let token, !token.isEmpty else {
            throw DecodeFailure(.missingField, "signature.token is missing")
        }
        self.timestamp = timestamp
        self.token = token
        self.codes = codes
    }

    /// Seconds since 1970; nil when the timestamp is anything but 1 to 11 decimal digits.
    ///
    /// Strict, as the signed text does not tell where the timestamp ends and the token begins: with a digit moved
    /// from one to the other it would name another century.
    var seconds: UInt64? {
        let digits = timestamp.utf8
        guard 1...11 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }
}
