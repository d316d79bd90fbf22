import Crypto
import PostmeterModel

/// What proves that a webhook is SendGrid's: signatures of ECDSA P-256 with SHA-256 over the bytes of the
/// timestamp's header and the raw body, or a secret that is sent along with inbound mail.
///
/// The keys and the secrets of an endpoint stand in one list. A secret with a colon is sent along, see
/// ``SharedSecrets``; another is the base64 of a SubjectPublicKeyInfo, with or without PEM's armour.
///
/// SendGrid documents no tolerance for the timestamp, and not whether a retry is signed anew. It may not be, so
/// a signature is good for as long as SendGrid tries. Within that time an old request may be sent again by
/// whoever saw it, which counts nothing: ids of events are remembered for longer. A timestamp that is no
/// number of seconds is covered by the signature and not held against the clock.
/// Source: twilio.com, the security features of the event webhook and of Inbound Parse; sendgrid-python.
struct SendGridSecrets: Sendable {
    static let signatureHeader = "x-twilio-email-event-webhook-signature"
    static let timestampHeader = "x-twilio-email-event-webhook-timestamp"

    /// Hours that a signature is good for: events are tried for 24 hours, inbound mail for 72.
    static let tolerance = 73
    /// Seconds that a signature may be ahead of the clock.
    private static let lead: UInt64 = 300
    /// The bytes of a key that is read: that of P-256 has 91.
    private static let keyLimit = 512
    /// The bytes of a signature that is read: one of P-256 has at most 72.
    private static let signatureLimit = 128

    private let keys: [P256.Signing.PublicKey]
    /// What inbound mail may carry; nil when no secret is of that kind.
    private let shared: SharedSecrets?

    init(secrets: [String]) throws(WebhookSecretError) {
        guard !secrets.isEmpty else { throw .noKeys }
        guard secrets.count <= StandardWebhooks.secretLimit else {
            throw .tooMany(count: secrets.count, limit: StandardWebhooks.secretLimit)
        }
        var keys: [P256.Signing.PublicKey] = []
        var sent: [String] = []
        var places: [Int] = []
        for (index, secret) in secrets.enumerated() {
            if secret.contains(":"), !secret.contains("-----BEGIN") {
                sent.append(secret)
                places.append(index + 1)
            } else {
                keys.append(try Self.key(secret, place: index + 1))
            }
        }
        self.keys = keys
        shared = sent.isEmpty ? nil : try SharedSecrets(secrets: sent, places: places)
    }

    /// Says whether a request is genuine; `isInbound` allows a secret that is sent along in place of a signature.
    func verify(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime,
        isInbound: Bool
    ) -> Verification {
        let isSigned =
            headers[Self.signatureHeader]?.isEmpty == false
            || headers[Self.timestampHeader]?.isEmpty == false
        guard isInbound, let shared else { return signature(headers, body: body, now: now) }
        // Either proof is enough, and what is refused is told what it tried to be.
        guard isSigned, !keys.isEmpty else { return shared.verify(headers) }
        let verdict = signature(headers, body: body, now: now)
        return verdict != .valid && shared.verify(headers) == .valid ? .valid : verdict
    }

    private func signature(
        _ headers: WebhookHeaders,
        body: UnsafeRawBufferPointer,
        now: UnixTime
    ) -> Verification {
        guard !keys.isEmpty else { return .invalid(.noKey) }
        guard let code = headers[Self.signatureHeader], !code.isEmpty else {
            return .invalid(.missingHeader(Self.signatureHeader))
        }
        guard let timestamp = headers[Self.timestampHeader], !timestamp.isEmpty else {
            return .invalid(.missingHeader(Self.timestampHeader))
        }
        if let failure = Self.age(of: timestamp, now: now) { return .invalid(failure) }
        guard
            let bytes = Array(code.utf8).withUnsafeBufferPointer({
                Base64.decode($0, limit: Self.signatureLimit)
            }), let signature = try? P256.Signing.ECDSASignature(derRepresentation: bytes)
        else { return .invalid(.noMatch) }
        var digest = SHA256()
        digest.update(data: Array(timestamp.utf8))
        digest.update(bufferPointer: body)
        let signed = digest.finalize()
        return keys.contains { $0.isValidSignature(signature, for: signed) } ? .valid : .invalid(.noMatch)
    }

    /// What is wrong with the age of a signature; nil when nothing is, or when the timestamp is no number.
    private static func age(of timestamp: String, now: UnixTime) -> VerificationFailure? {
        let digits = timestamp.utf8
        guard 1...11 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        let seconds = digits.reduce(0 as UInt64) { $0 * 10 + UInt64($1 - 0x30) }
        let present = now.nanoseconds / 1_000_000_000
        if seconds > present { return seconds - present > lead ? .future : nil }
        return present - seconds > UInt64(tolerance) * 3_600 ? .outlived(hours: tolerance) : nil
    }

    private static func key(
        _ secret: String,
        place: Int
    ) throws(WebhookSecretError) -> P256.Signing.PublicKey {
        guard !secret.contains("PRIVATE KEY-----") else { throw .privateKey(place: place) }
        // Base64 may come in lines, in or without an armour of lines that begin and end with dashes.
        let lines = secret.split { $0.isNewline }.filter { !$0.contains("-----") }
        let text = lines.joined().utf8.filter { $0 != 0x20 && $0 != 0x09 }
        guard let bytes = text.withUnsafeBufferPointer({ Base64.decode($0, limit: keyLimit) }) else {
            throw .noPublicKey(place: place)
        }
        if let key = try? P256.Signing.PublicKey(derRepresentation: bytes) { return key }
        let isPrivate = (try? P256.Signing.PrivateKey(derRepresentation: bytes)) != nil
        throw isPrivate ? .privateKey(place: place) : .noPublicKey(place: place)
    }
}
