import Crypto
package import PostmeterModel

/// Signatures of platforms that sign in a way of their own: an HMAC-SHA256 in a header.
///
/// ``SignatureOptions`` say which header, over what, and how it is written.
///
/// A secret is a text, whose bytes are the key as they stand. The header may list several codes, parted by
/// spaces or commas, as it does while a secret is replaced.
package struct KeyedSignatures: Sendable {
    /// The bytes of a secret.
    private static let secretLength = 8...1_024
    /// Codes past this many are not looked at.
    private static let codeLimit = 8

    private let options: SignatureOptions
    private let header: String
    /// One keyed state for each secret; a copy of it saves hashing the key for each request.
    private let authenticators: [HMAC<SHA256>]

    /// Prepares secrets for a scheme.
    package init(_ options: SignatureOptions, secrets: [String]) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw .none }
        guard secrets.count <= StandardWebhooks.secretLimit else {
            throw .tooMany(count: secrets.count, limit: StandardWebhooks.secretLimit)
        }
        var authenticators: [HMAC<SHA256>] = []
        for (index, secret) in secrets.enumerated() {
            let key = Array(secret.utf8)
            guard Self.secretLength ~= key.count else {
                throw .badTextLength(place: index + 1, bytes: key.count)
            }
            guard key.first != 0x20, key.last != 0x20, !key.contains(where: { $0 < 0x20 || $0 == 0x7F })
            else {
                throw .notPlainText(place: index + 1)
            }
            authenticators.append(HMAC(key: SymmetricKey(data: key)))
        }
        self.options = options
        header = options.header?.text ?? ""
        self.authenticators = authenticators
    }

    /// Says whether a holder of one of the secrets sent these bytes, lately where a time is signed.
    ///
    /// All secrets are tried and all codes compared, each in constant time. Thread-safe.
    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        guard let value = headers[header], !value.isEmpty else {
            return .invalid(.missingHeader(header))
        }
        var id = ""
        if let name = options.idHeader?.text {
            guard let found = headers[name], !found.isEmpty else {
                return .invalid(.missingHeader(name))
            }
            id = found
        }
        let entries = value.utf8.split { $0 == 0x20 || $0 == UInt8(ascii: ",") }
        var timestamp = ""
        if let expected = options.timestamp {
            switch Self.read(expected, headers, entries, now: now) {
            case .success(let text): timestamp = text
            case .failure(let failure): return .invalid(failure)
            }
        }
        let codes = codes(in: entries)
        guard !codes.isEmpty else { return .invalid(.noMatch) }
        var found = false
        for keyed in authenticators {
            let code = code(keyed, id: id, timestamp: timestamp, body: body)
            for candidate in codes {
                // The library compares codes in constant time.
                let isSame = code == candidate
                found = isSame || found
            }
        }
        return found ? .valid : .invalid(.noMatch)
    }

    /// The signature's time as the text that is signed, once it is near enough to `now`.
    private static func read(
        _ expected: SignatureTimestamp,
        _ headers: WebhookHeaders,
        _ entries: [Substring.UTF8View],
        now: UnixTime
    ) -> Result<String, VerificationFailure> {
        let text: String
        switch expected.place {
        case .header(let name):
            guard let value = headers[name.text], !value.isEmpty else {
                return .failure(.missingHeader(name.text))
            }
            text = value
        case .prefix(let prefix):
            guard let entry = entries.first(where: { $0.starts(with: prefix.utf8) }) else {
                return .failure(.badTimestamp)
            }
            text = String(decoding: entry.dropFirst(prefix.utf8.count), as: UTF8.self)
        }
        var bytes = text
        guard let time = bytes.withUTF8({ expected.format.instant(of: $0) }) else {
            return .failure(.badTimestamp)
        }
        // Counted in seconds, as those are what is signed mostly.
        let (signed, present) = (time.nanoseconds / 1_000_000_000, now.nanoseconds / 1_000_000_000)
        if signed > present, signed - present > expected.tolerance { return .failure(.future) }
        if present > signed, present - signed > expected.tolerance { return .failure(.stale) }
        return .success(text)
    }

    /// The codes among the entries of the header.
    private func codes(in entries: [Substring.UTF8View]) -> [[UInt8]] {
        var codes: [[UInt8]] = []
        for entry in entries where codes.count < Self.codeLimit && entry.starts(with: options.prefix.utf8) {
            let text = Array(entry.dropFirst(options.prefix.utf8.count))
            let code =
                switch options.encoding {
                case .hex: Self.unhex(text)
                case .base64: text.withUnsafeBufferPointer { Base64.decode($0, limit: SHA256.byteCount) }
                }
            if let code, code.count == SHA256.byteCount { codes.append(code) }
        }
        return codes
    }

    private func code(
        _ keyed: HMAC<SHA256>, id: String, timestamp: String, body: UnsafeRawBufferPointer
    ) -> HMAC<SHA256>.MAC {
        var authenticator = keyed
        for part in options.signed.parts {
            switch part {
            case .body: authenticator.update(data: body)
            case .id: authenticator.update(data: Array(id.utf8))
            case .timestamp: authenticator.update(data: Array(timestamp.utf8))
            case .text(let text): authenticator.update(data: Array(text.utf8))
            }
        }
        return authenticator.finalize()
    }

    private static func unhex(_ text: [UInt8]) -> [UInt8]? {
        guard text.count == 2 * SHA256.byteCount else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(SHA256.byteCount)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
