import PostmeterModel

/// What Amazon SNS posts: a message with its topic, its signature and where the certificate of that is.
///
/// It is a copy, so the document that it was read from may go.
/// Source: the Amazon SNS Developer Guide, "HTTP/HTTPS notification JSON format" and "Verifying the signatures
/// of Amazon SNS messages".
struct SNSEnvelope: Sendable {
    /// What it is about.
    enum Kind: Sendable {
        case notification
        /// The endpoint is to be confirmed, by fetching a URL.
        case subscription(url: String)
        /// The endpoint was taken off its topic.
        case unsubscription
    }

    /// How the signature was made.
    enum Version: Sendable {
        /// RSA over SHA-1: version 1, which topics have unless they are set to the other.
        case sha1
        /// RSA over SHA-256: version 2.
        case sha256
    }

    /// The bytes of a signature: of RSA keys of up to 8,192 bits.
    private static let signatureLimit = 1_024

    let kind: Kind
    let publishedAt: UnixTime
    let version: Version
    let signature: [UInt8]
    let certificateURL: String
    /// The bytes that the signature is over.
    let signedText: [UInt8]

    /// Reads an envelope of one of `topics`.
    init(_ root: JSONValue, topics: Set<String>) throws(VerificationFailure) {
        guard root.kind == .object else { throw .malformed("the JSON object") }
        let isEnvelope = root["Type"] != nil || root["TopicArn"] != nil
        if !isEnvelope, root["eventType"] != nil || root["notificationType"] != nil { throw .rawDelivery }
        guard let topic = root["TopicArn"]?.text(limit: FieldLimit.sentence) else {
            throw .malformed("TopicArn")
        }
        guard topics.contains(topic) else { throw .unknownTopic }
        guard let type = root["Type"] else { throw .malformed("Type") }
        if type.equals("Notification") {
            kind = .notification
        } else if type.equals("SubscriptionConfirmation") {
            kind = .subscription(url: try Self.url("SubscribeURL", of: root))
        } else if type.equals("UnsubscribeConfirmation") {
            kind = .unsubscription
        } else {
            throw .malformed("Type")
        }
        guard let time = root["Timestamp"]?.utf8.flatMap({ InternetTime.parse($0) }) else {
            throw .malformed("Timestamp")
        }
        publishedAt = time
        switch root["SignatureVersion"]?.text(limit: FieldLimit.word) {
        case "1": version = .sha1
        case "2": version = .sha256
        default: throw .malformed("SignatureVersion")
        }
        guard let base64 = root["Signature"]?.utf8,
            let signature = Base64.decode(base64, limit: Self.signatureLimit), !signature.isEmpty
        else { throw .malformed("Signature") }
        self.signature = signature
        certificateURL = try Self.url("SigningCertURL", of: root)
        if case .notification = kind {
            signedText = try Self.signedText(
                of: root,
                keys: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            )
        } else {
            signedText = try Self.signedText(
                of: root,
                keys: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
            )
        }
    }

    private static func url(_ key: StaticString, of root: JSONValue) throws(VerificationFailure) -> String {
        guard let text = root[key]?.utf8, text.count <= FetchableURL.limit else { throw .malformed("\(key)") }
        return String(decoding: text, as: UTF8.self)
    }

    /// `key`, a line feed, the value as it reads without JSON's escapes, a line feed: for each key in order.
    ///
    /// Only a subject may be missing.
    private static func signedText(
        of root: JSONValue,
        keys: [StaticString]
    ) throws(VerificationFailure) -> [UInt8] {
        var text: [UInt8] = []
        for key in keys {
            guard let value = root[key], value.kind != .null else {
                if "\(key)" == "Subject" { continue }
                throw .malformed("\(key)")
            }
            guard let bytes = value.utf8 else { throw .malformed("\(key)") }
            text.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
            text.append(0x0A)
            text.append(contentsOf: bytes)
            text.append(0x0A)
        }
        return text
    }
}
