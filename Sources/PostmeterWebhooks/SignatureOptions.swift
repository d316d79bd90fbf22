/// How the webhooks of a generic endpoint are signed.
///
/// It names headers and forms and holds no secret.
package struct SignatureOptions: Sendable, Hashable {
    /// The schemes.
    package enum Scheme: String, Sendable, Hashable, CaseIterable, Codable {
        /// The symmetric signatures of the Standard Webhooks specification, which fixes all else.
        case standardWebhooks = "standard_webhooks"
        /// An HMAC-SHA256 in a header.
        case hmacSHA256 = "hmac_sha256"
        /// No signature: the secret is sent along, see ``SharedSecrets``.
        case sharedSecret = "shared_secret"
    }

    /// How the code is written.
    package enum Encoding: String, Sendable, Hashable, CaseIterable, Codable {
        case hex
        case base64
    }

    static let prefixRule = "must be 1 to 32 printable bytes without a space or comma"

    var scheme: Scheme
    /// The header that holds the code; nil unless the scheme is an HMAC.
    var header: HeaderName?
    var encoding = Encoding.hex
    /// What stands in front of the code.
    var prefix = ""
    var signed = SignedContent.bodyAlone
    var timestamp: SignatureTimestamp?
    /// The header whose value is signed as `{id}`.
    var idHeader: HeaderName?

    /// Standard Webhooks.
    package init() {
        scheme = .standardWebhooks
    }

    /// Whether a text may stand before a code: entries of a header are parted by spaces and commas.
    static func isPrefix(_ text: String) -> Bool {
        text.utf8.count <= 32
            && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ",") }
    }

    /// The headers that verification reads, in lower case.
    var headers: [String] {
        switch scheme {
        case .standardWebhooks: return StandardWebhooks.headers
        case .sharedSecret: return SharedSecrets.headers
        case .hmacSHA256:
            var names = [header, idHeader]
            if case .header(let name) = timestamp?.place { names.append(name) }
            return names.compactMap { $0?.text }
        }
    }

    /// Whether the signature covers the value of a header, so that it cannot be sent again with another.
    func covers(header name: String) -> Bool {
        switch scheme {
        case .standardWebhooks: StandardWebhooks.idHeaders.contains(name)
        case .hmacSHA256: idHeader?.text == name
        case .sharedSecret: false
        }
    }
}

extension SignatureOptions: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case scheme, header, encoding, prefix, signed, timestamp
        case idHeader = "id_header"
    }

    package init(from decoder: any Decoder) throws {
        try decoder.refuseStrangers(to: CodingKeys.self)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func word<Word: RawRepresentable<String> & CaseIterable>(
            _ type: Word.Type, _ key: CodingKeys, or standard: Word
        ) throws -> Word {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return standard }
            guard let word = Word(rawValue: text) else {
                let known = Word.allCases.map { $0.rawValue }.joined(separator: ", ")
                throw decoder.refusal(of: key, "'\(text.line(limit: 64))' is not known; known: \(known)")
            }
            return word
        }
        scheme = try word(Scheme.self, .scheme, or: .standardWebhooks)
        guard scheme == .hmacSHA256 else {
            for key in CodingKeys.allCases where key != .scheme && container.contains(key) {
                throw decoder.refusal(
                    of: key, "stands beside the scheme \(scheme.rawValue), which fixes it; remove it")
            }
            return
        }
        header = try container.decodeIfPresent(HeaderName.self, forKey: .header)
        encoding = try word(Encoding.self, .encoding, or: .hex)
        prefix = try container.decodeIfPresent(String.self, forKey: .prefix) ?? ""
        signed = try container.decodeIfPresent(SignedContent.self, forKey: .signed) ?? .bodyAlone
        timestamp = try container.decodeIfPresent(SignatureTimestamp.self, forKey: .timestamp)
        idHeader = try container.decodeIfPresent(HeaderName.self, forKey: .idHeader)
        guard header != nil else {
            throw decoder.refusal(
                of: CodingKeys.header, "is missing: name the header that holds the signature")
        }
        guard Self.isPrefix(prefix) else {
            throw decoder.refusal(of: CodingKeys.prefix, Self.prefixRule)
        }
        guard signed.covers(.timestamp) == (timestamp != nil) else {
            throw timestamp == nil
                ? decoder.refusal(
                    of: CodingKeys.timestamp, "is missing: say where the signed {timestamp} stands")
                : decoder.refusal(
                    of: CodingKeys.timestamp,
                    "is not signed, so it proves nothing: put {timestamp} into signed, or remove it")
        }
        guard signed.covers(.id) == (idHeader != nil) else {
            throw idHeader == nil
                ? decoder.refusal(of: CodingKeys.idHeader, "is missing: name the header of the signed {id}")
                : decoder.refusal(
                    of: CodingKeys.idHeader, "is not signed: put {id} into signed, or remove it")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(scheme, forKey: .scheme)
        guard scheme == .hmacSHA256 else { return }
        try container.encodeIfPresent(header, forKey: .header)
        try container.encode(encoding, forKey: .encoding)
        try container.encode(prefix, forKey: .prefix)
        try container.encode(signed, forKey: .signed)
        try container.encodeIfPresent(timestamp, forKey: .timestamp)
        try container.encodeIfPresent(idHeader, forKey: .idHeader)
    }
}
