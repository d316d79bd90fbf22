import Crypto

/// The secrets of a platform that signs nothing and sends a secret along with each webhook instead.
///
/// A secret is one of two things, told apart by this rule:
/// - `X-Postmeter-Secret: value` is a header that the webhook is set up to send. The name may be of any case;
///   no other header can be named.
/// - `user:password`, with anything but white space behind its first colon, is basic authentication, which a
///   webhook sends whose URL is `https://user:password@host/...`.
///
/// What a request holds proves that its sender knows the secret, not that the body is the platform's or new.
package struct SharedSecrets: Sendable {
    /// The headers that verification reads, in lower case; neither is journaled.
    package static let headers = [authorization, secretHeader]

    private static let authorization = "authorization"
    private static let secretHeader = "x-postmeter-secret"
    /// The bytes of a secret.
    private static let limit = 1_024

    /// Digests of `user:password`.
    private let credentials: [SHA256.Digest]
    /// Digests of values of the header.
    private let values: [SHA256.Digest]

    /// Prepares secrets, each of one of the two forms.
    package init(secrets: [String]) throws(WebhookSecretError) {
        try self.init(secrets: secrets, places: Array(1...(secrets.count + 1)))
    }

    /// Prepares secrets that have others beside them.
    ///
    /// - Parameter places: where each stands among all of the endpoint's secrets, from 1; as many or more.
    init(secrets: [String], places: [Int]) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw .noneToSend }
        guard secrets.count <= StandardWebhooks.secretLimit else {
            throw .tooMany(count: secrets.count, limit: StandardWebhooks.secretLimit)
        }
        var credentials: [SHA256.Digest] = []
        var values: [SHA256.Digest] = []
        for (secret, place) in zip(secrets, places) {
            let text = Self.trimmed(secret.utf8[...])
            let isClean = text.count <= Self.limit && !text.contains { $0 < 0x20 || $0 == 0x7F }
            guard isClean, let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
                throw .noCredentials(place: place)
            }
            let name = text[..<colon]
            let rest = text[text.index(after: colon)...]
            let value = Self.trimmed(rest)
            guard !name.isEmpty, !value.isEmpty else { throw .noCredentials(place: place) }
            if name.map(ASCII.lowered).elementsEqual(Self.secretHeader.utf8) {
                values.append(SHA256.hash(data: Array(value)))
            } else if value.startIndex == rest.startIndex {
                credentials.append(SHA256.hash(data: Array(text)))
            } else {
                throw .unknownHeader(place: place)
            }
        }
        self.credentials = credentials
        self.values = values
    }

    /// Says whether one of the secrets came with the request.
    ///
    /// Digests are compared, all of them and each in constant time, so that the time tells nothing of how much
    /// of a secret was right. Thread-safe.
    package func verify(_ headers: WebhookHeaders) -> Verification {
        let isKnown = Self.credentials(in: headers[Self.authorization]).map {
            Self.isOne($0, of: credentials)
        }
        let isValue = headers[Self.secretHeader].map { Self.isOne(Array($0.utf8), of: values) }
        if isKnown == true || isValue == true { return .valid }
        let isGiven =
            (!credentials.isEmpty && headers[Self.authorization]?.isEmpty == false)
            || (!values.isEmpty && headers[Self.secretHeader]?.isEmpty == false)
        guard isGiven else {
            return .invalid(.missingSecret(credentials.isEmpty ? Self.secretHeader : Self.authorization))
        }
        return .invalid(.wrongSecret)
    }

    private static func isOne(_ bytes: [UInt8], of known: [SHA256.Digest]) -> Bool {
        let digest = SHA256.hash(data: bytes)
        var found = false
        for candidate in known {
            // The library compares digests in constant time.
            let isSame = digest == candidate
            found = isSame || found
        }
        return found
    }

    /// `user:password` of basic authentication; nil when the header is of another scheme or no base64.
    private static func credentials(in header: String?) -> [UInt8]? {
        guard let text = header?.utf8, let space = text.firstIndex(of: UInt8(ascii: " ")),
            text[..<space].map(ASCII.lowered).elementsEqual("basic".utf8)
        else { return nil }
        return Array(trimmed(text[space...])).withUnsafeBufferPointer { Base64.decode($0, limit: limit) }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) {
            text.removeLast()
        }
        return text
    }
}
