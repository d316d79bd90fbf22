import Crypto
package import PostmeterModel

/// The symmetric signatures of Standard Webhooks, which Svix sends under names of its own.
///
/// A signature is the HMAC-SHA256 of `id.timestamp.body` over the raw bytes. The headers are `webhook-id`,
/// `webhook-timestamp` and `webhook-signature`, or the same with `svix-`; the last is a list, so that a
/// secret can be replaced while the old one still signs. Source: the Standard Webhooks specification, 1.0.
package struct StandardWebhooks: Sendable {
    /// How far the signature's time may be from the receiver's clock, in seconds, both ways.
    package static let tolerance: UInt64 = 300
    /// How many secrets of one endpoint may be live at once.
    package static let secretLimit = 8

    /// The headers that verification reads, in lower case.
    package static let headers = [
        "svix-id", "svix-timestamp", "svix-signature",
        "webhook-id", "webhook-timestamp", "webhook-signature",
    ]
    /// The headers of `headers` that hold the id of the event.
    package static let idHeaders = ["svix-id", "webhook-id"]

    /// Entries of a signature list past this many are not looked at.
    private static let signatureLimit = 8
    private static let codeLength = SHA256.byteCount
    private static let version = Array("v1,".utf8)

    /// One keyed state for each secret; a copy of it saves hashing the key for each request.
    private let authenticators: [HMAC<SHA256>]

    /// Prepares secrets: base64, padded or not, with or without `whsec_`, of 16 to 75 bytes each.
    package init(secrets: [String]) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw .none }
        guard secrets.count <= Self.secretLimit else {
            throw .tooMany(count: secrets.count, limit: Self.secretLimit)
        }
        var authenticators: [HMAC<SHA256>] = []
        for (index, secret) in secrets.enumerated() {
            let key = try Self.key(of: secret, place: index + 1)
            authenticators.append(HMAC(key: SymmetricKey(data: key)))
        }
        self.authenticators = authenticators
    }

    /// The id of the event, the same for each delivery of it.
    package static func eventID(in headers: WebhookHeaders) throws(DecodeFailure) -> String {
        guard var id = headers["svix-id"] ?? headers["webhook-id"], !id.isEmpty else {
            throw DecodeFailure(.missingHeader, "neither svix-id nor webhook-id was kept with the body")
        }
        // Nearly every id is taken as it is.
        let isPlain = id.withUTF8 { text in
            text.count <= FieldLimit.id && !text.contains { $0 < 0x20 || $0 == 0x7F }
        }
        return isPlain ? id : id.line(limit: FieldLimit.id)
    }

    /// Says whether a holder of one of the secrets sent these bytes within the tolerance.
    ///
    /// The compare takes the same time for any signature of the right length. Thread-safe.
    package func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        let fields: SignatureFields
        switch SignatureFields.read(headers) {
        case .success(let found): fields = found
        case .failure(let failure): return .invalid(failure)
        }
        guard let timestamp = Self.seconds(fields.timestamp) else { return .invalid(.badTimestamp) }
        let present = now.nanoseconds / 1_000_000_000
        if timestamp > present, timestamp - present > Self.tolerance { return .invalid(.future) }
        if present > timestamp, present - timestamp > Self.tolerance { return .invalid(.stale) }

        let size = Self.signatureLimit * Self.codeLength
        let matches = withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            let count = Self.decodeSignatures(fields.signatures, into: buffer)
            guard count > 0 else { return false }
            let candidates = UnsafeRawBufferPointer(rebasing: buffer[..<(count * Self.codeLength)])
            return authenticators.contains { keyed in
                Self.code(keyed, fields, body: body, isAmong: candidates)
            }
        }
        return matches ? .valid : .invalid(.noMatch)
    }

    /// Whether the authentication code of the request is one of `candidates`, which lie end to end.
    private static func code(
        _ keyed: HMAC<SHA256>,
        _ fields: SignatureFields,
        body: UnsafeRawBufferPointer,
        isAmong candidates: UnsafeRawBufferPointer
    ) -> Bool {
        var authenticator = keyed
        fields.withPrefix { authenticator.update(data: $0) }
        authenticator.update(data: body)
        return authenticator.finalize().withUnsafeBytes { code in
            var found = false
            for start in stride(from: 0, to: candidates.count, by: codeLength) {
                var difference: UInt8 = 0
                for index in 0..<codeLength {
                    difference |= code[index] ^ candidates[start + index]
                }
                found = found || difference == 0
            }
            return found
        }
    }

    /// Decodes the `v1` entries of a signature list end to end into `buffer` and returns their number.
    private static func decodeSignatures(
        _ list: String,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var list = list
        return list.withUTF8 { text in
            var count = 0
            var start = 0
            while start < text.count, count < signatureLimit {
                let end = text[start...].firstIndex(of: UInt8(ascii: " ")) ?? text.count
                let entry = UnsafeBufferPointer(rebasing: text[start..<end])
                start = end + 1
                guard entry.starts(with: version) else { continue }
                let slot = UnsafeMutableRawBufferPointer(rebasing: buffer[(count * codeLength)...])
                let base64 = UnsafeBufferPointer(rebasing: entry[version.count...])
                if Base64.decode(base64, into: UnsafeMutableRawBufferPointer(rebasing: slot[..<codeLength]))
                    == codeLength
                {
                    count += 1
                }
            }
            return count
        }
    }

    /// Seconds since 1970: 1 to 11 decimal digits.
    private static func seconds(_ text: String) -> UInt64? {
        let digits = text.utf8
        guard 1...11 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }
}
